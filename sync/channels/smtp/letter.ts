import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Instant } from '../../domain/clock.ts';
import type { OutboundMessage } from '../channel.ts';

/** Who the e-mail comes from, as the patient's mail program shows it. */
export interface SmtpSender {
  name: string;
  address: string;
}

/**
 * The same reference always gives the same id, so a bounce finds its message and a mail program hides a double. A
 * hash, because the header travels through servers that need not know whose chart it is about.
 */
export function messageIdFor(reference: string, sender: SmtpSender): string {
  const hash = createHash('sha256').update(reference).digest('hex').slice(0, 40);
  return `<${hash}@${sender.address.split('@').at(-1)}>`;
}

/** The whole e-mail as RFC 5322 text: plain words only, one part, dated `at`. Rejects an `unsubscribeUrl` that is none. */
export async function composeLetter(message: OutboundMessage, sender: SmtpSender, at: Instant): Promise<Buffer> {
  const composer = new MailComposer({
    from: sender,
    to: { name: '', address: message.to },
    subject: message.subject ?? '',
    text: message.body,
    encoding: 'quoted-printable',
    newline: 'win',
    messageId: messageIdFor(message.reference, sender),
    date: new Date(at),
    headers: message.unsubscribeUrl ? unsubscribeHeaders(message.unsubscribeUrl) : {},
    // A template that happens to read `data:` or a path is words, never something to open.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** RFC 2369 and RFC 8058: the mail program shows its own button, and one click (a POST) stops these messages. */
const unsubscribeHeaders = (unsubscribeUrl: string) => ({
  'List-Unsubscribe': { prepared: true, foldLines: true, value: `<${new URL(unsubscribeUrl).href}>` },
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
});
