import { z } from 'zod';

/** What the parent may ask of a child: the same as the clockwork does by itself, but now. */
export const Order = z.object({ does: z.enum(['poll', 'sweep', 'cut-off', 'drain', 'stop-before-sending']) });
export type Order = z.infer<typeof Order>;

/** What a database shows of the work that was cut off, and what it has kept. */
export const Sight = z.object({
  /** Patients whose plan is older than what is known. */
  unplanned: z.number(),
  /** Messages claimed, and not known to be sent. */
  sending: z.number(),
  /** Rows that the chart does not hold as they are now. */
  unpublished: z.number(),
  /** Texts from patients that nobody has read yet. */
  unread: z.number(),
  /** `Appointment/1`: told of, and not yet looked into. */
  hints: z.array(z.string()),
  /** The version of each record that was taken in. */
  versions: z.record(z.string(), z.number()),
  /** The provider's names for the texts and the delivery reports that were kept. */
  inbound: z.array(z.string()),
  reports: z.array(z.string()),
});
export type Sight = z.infer<typeof Sight>;

export const Told = z.union([
  z.object({ saw: Sight }),
  z.object({ up: z.literal(true) }),
  z.object({ failed: z.string() }),
  z.object({ done: Order.shape.does }),
]);
export type Told = z.infer<typeof Told>;
