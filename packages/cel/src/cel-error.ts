/**
 * `compile`: the expression can't be read or its types don't fit; the text is what upstream reports, position and line included.
 * `result`: it gives another type than was asked for. `evaluate`: it failed on these values. `call-limit`: this one evaluation cost
 * too much. `budget`: all evaluations of a request together did.
 */
export type CelErrorReason = 'compile' | 'result' | 'evaluate' | 'call-limit' | 'budget';

/** What stands against an expression, in cel-go's and upstream's words. */
export class CelError extends Error {
  readonly reason: CelErrorReason;

  constructor(reason: CelErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CelError';
    this.reason = reason;
  }
}

/** An error that a function of an expression raises on values it can't work with. */
export const evaluationError = (message: string): CelError => new CelError('evaluate', message);
