/** Ceilings of the HTTP side. Tests lower some of them. */
export interface HttpLimits {
  /** Bytes of a request's body. */
  readonly bodyBytes: number
  /** Bytes of a directory file: ten thousand sites. */
  readonly directoryBytes: number
  /** Requests of one address in a minute: several people behind one address with open pages. */
  readonly requestsPerMinute: number
  /** Bytes of a group of alerts. */
  readonly alertsBytes: number
  /** Requests of machines from one address in a minute, with a good token or not. */
  readonly inboundPerMinute: number
  /** Workbooks of one address in a minute: each is seconds of work of the read thread. */
  readonly workbooksPerMinute: number
  /** Logins and links tried by one address, and passwords tried for one user, in `LOGIN_WINDOW_MS`. */
  readonly loginsPerAddress: number
  readonly loginsPerUser: number
  /** Open connections: the broker of the same process needs file handles too. */
  readonly connections: number
  /** Open live streams, in all and of one user. */
  readonly streams: number
  readonly streamsPerUser: number
  /** Bytes that wait for a reader of a live stream before it is cut off; it comes back and asks anew. */
  readonly streamBytes: number
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytes: 64 * 1024,
  directoryBytes: 8 * 1024 * 1024,
  requestsPerMinute: 3_000,
  alertsBytes: 512 * 1024,
  inboundPerMinute: 600,
  workbooksPerMinute: 20,
  loginsPerAddress: 30,
  loginsPerUser: 10,
  connections: 2_000,
  streams: 500,
  streamsPerUser: 20,
  streamBytes: 64 * 1024,
}

export const LOGIN_WINDOW_MS = 15 * 60_000
/** A comment on the stream, so that proxies keep it and dead ones are noticed; the session is looked up again with it. */
export const STREAM_HEARTBEAT_MS = 15_000
/** News are gathered for this long: a burst is one answer, and one question whose they are. */
export const STREAM_GATHER_MS = 300
/** Different news gathered at once; beyond it the readers are told to ask anew. */
export const STREAM_GATHERED_MAX = 5_000
/** Time for a request's headers and body to arrive. */
export const REQUEST_TIMEOUT_MS = 60_000
