/** What the newest token came with. */
export interface Granted {
  tokenUrl: string;
  /** How long a token lives. */
  seconds: number;
  /** Space-separated, where the server says so: it may grant less than was asked for. */
  scope: string | undefined;
}

/** How we prove who we are to one EHR. A token belongs to one connection and is never shared with another. */
export interface EhrAuth {
  /** The value of `Authorization`, or undefined where none is needed. Throws EhrError `token`. */
  authorization(): Promise<string | undefined>;
  /** The EHR answered 401 to this value. One that has been replaced meanwhile says nothing about its successor. */
  invalidate(refused: string | undefined): void;
  /** Only where tokens are fetched. Throws as `authorization` does. */
  granted?(): Promise<Granted>;
}
