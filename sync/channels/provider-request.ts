/** One webhook call of a provider, as much of it as a signature or a parser needs. */
export interface ProviderRequest {
  /** The address the provider called: our public base plus path and query, exactly as requested. */
  url: string;
  /** Case-insensitive. */
  header(name: string): string | undefined;
  /** The bytes as they came; nothing has parsed or re-encoded them. */
  body: Buffer;
}
