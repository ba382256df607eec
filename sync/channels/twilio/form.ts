/** Twilio's webhook bodies are `application/x-www-form-urlencoded`, UTF-8. */
export const readForm = (body: Buffer): URLSearchParams => new URLSearchParams(body.toString('utf8'));

/**
 * The form as a record for zod. A name that came twice becomes an array, which no schema of ours accepts: we would
 * otherwise have to guess which of two numbers a text came from.
 */
export function formRecord(form: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(form.keys())].map(name => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}
