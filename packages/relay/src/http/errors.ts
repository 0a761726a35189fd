/** The errors of the API. */
export type HttpErrorName =
  | 'badRequest'
  | 'authRequired'
  | 'notFound'
  | 'methodInvalid'
  | 'timeout'
  | 'conflict'
  | 'tooLarge'
  | 'invalidBytes'
  | 'tooMany'
  | 'headersTooLarge'
  | 'internal'
  | 'storeFailed'
  | 'busy';

/** Every error of the API: status, ThingSpeak's code (thingspeak-api 4.1) and message. */
const HTTP_ERRORS: Readonly<Record<HttpErrorName, readonly [status: number, code: string, message: string]>> = {
  badRequest: [400, 'error_bad_request', 'Bad Request'],
  authRequired: [401, 'error_auth_required', 'Authorization Required'],
  notFound: [404, 'error_resource_not_found', 'Resource Not Found'],
  methodInvalid: [405, 'error_method_invalid', 'Method Not Allowed'],
  timeout: [408, 'error_timeout', 'Request Timeout'],
  conflict: [409, 'error_conflict', 'Conflict'],
  tooLarge: [413, 'error_request_too_large', 'Request Too Large'],
  invalidBytes: [422, 'error_invalid_byte_sequence', 'Invalid Byte Sequence'],
  tooMany: [429, 'error_too_many_requests', 'Too Many Requests'],
  headersTooLarge: [431, 'error_request_too_large', 'Request Header Fields Too Large'],
  internal: [500, 'error_internal', 'Internal Server Error'],
  storeFailed: [503, 'error_store_failed', 'Service Unavailable'],
  busy: [503, 'error_busy', 'Service Unavailable'],
};

/** Thrown by a handler: the request ends with this error. `details` is a sentence for its sender. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(error: HttpErrorName, details: string, headers: Readonly<Record<string, string>> = {}) {
    super(details);
    [this.status, this.code, this.title] = HTTP_ERRORS[error];
    this.headers = headers;
  }

  /** ThingSpeak's error object; its status is a string. */
  toJSON(): object {
    const error = { error_code: this.code, message: this.title, details: this.message };
    return { status: String(this.status), error };
  }
}
