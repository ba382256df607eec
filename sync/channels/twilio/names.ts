/** The `channel` of every message and report that comes this way. */
export const TWILIO = 'twilio';

export const MESSAGE_SID = /^(SM|MM)[0-9a-f]{32}$/i;
