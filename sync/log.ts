import winston, { type Logger } from 'winston';

/** Lines of JSON on standard output. Callers give references, reasons and counts; never names, numbers or words. */
export const openLog = (level: string, clock: () => string): Logger =>
  winston.createLogger({
    level,
    format: winston.format.printf(({ level: severity, message, ...fields }) =>
      JSON.stringify({ at: clock(), level: severity, message, ...fields }),
    ),
    transports: [new winston.transports.Console()],
  });
