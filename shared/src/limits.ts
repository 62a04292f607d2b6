/** Every numeric ceiling that several packages share, each with its reason. One place, so that both ends agree. */

/** Longest MQTT packet. A reading of one register is under 3 kB; 64 kB leaves room for packed backlogs and log excerpts. */
export const PACKET_BYTES_MAX = 64 * 1024
/** Before authentication only a CONNECT is expected: client id, user name and a 43-character secret fit many times over. */
export const PACKET_BYTES_BEFORE_AUTH_MAX = 4 * 1024
/** Messages that an agent may have under way without `stored`: enough to fill a slow link, little to repeat after a cut. */
export const WINDOW_MESSAGES_MAX = 64
/** The same in bytes: two largest packets. */
export const WINDOW_BYTES_MAX = 128 * 1024
/** Items (registers, disks, services) in one message. A till has a handful; 64 leaves room for packing a backlog. */
export const ITEMS_PER_MESSAGE_MAX = 64
/** Facts in one item. The whole dictionary has about sixty names. */
export const FACTS_PER_ITEM_MAX = 96
/** Length of one text fact; the longest real ones are operator names of 256 characters. */
export const FACT_TEXT_LENGTH_MAX = 1024
/** Messages in the agent's outbox: a reading a minute for 69 days. */
export const OUTBOX_MESSAGES_MAX = 100_000
/** Size of the outbox on the till's disk; beyond it the oldest go first, counted. */
export const OUTBOX_BYTES_MAX = 64 * 1024 * 1024
/** Stored messages that stay in the outbox so that a restored collector can be filled again. */
export const OUTBOX_TAIL_MS = 72 * 3_600_000
/** Unstored messages are sent again after this long (plus jitter): longer than any commit, shorter than an operator's patience. */
export const RESEND_MS = 30_000
/** Reconnects are spread over this time, so that a fleet does not return in one second. */
export const RECONNECT_CAP_MS = 60_000
/** Number of shards; part of the topic and therefore for ever. */
export const SHARDS = 256
/** A register's port is never held longer than this (domain rule: sales come first). */
export const PORT_HELD_MS_MAX = 2_000
/** Skew between device clock and server below which readings are taken as they are: network delay and NTP slack. */
export const CLOCK_TOLERANCE_MS = 5_000
/** Silence of the collector itself that counts as its own absence, not the agents'. */
export const COLLECTOR_GRACE_MS = 10 * 60_000
/** Text of a human comment or reason in the portal. */
export const COMMENT_LENGTH_MAX = 4_000
/** Rows of one page of a list in the API. */
export const PAGE_ROWS_MAX = 200
/** A check is switched off for this long at most; who needs more says so again, so that nothing stays off forgotten. */
export const SWITCHED_OFF_MS_MAX = 30 * 24 * 3_600_000
/** Checks switched off on one agent at a time; the fact that tells them is a list of 64. */
export const SWITCHES_MAX = 64
/** Commands of one agent that wait for their result: more than a person gives, less than a script could pile up for a till that is away. */
export const COMMANDS_WAITING_MAX = 16
/** Commands given to one agent within a minute: more than a person gives; each costs the till three writes that its disk confirms. */
export const COMMANDS_PER_MINUTE_MAX = 30
/** One register is polled out of turn at most this often (domain rule: sales come first). */
export const POLL_NOW_MS_MIN = 10_000
/** A poll that nobody took for this long interests nobody any more. */
export const POLL_NOW_LIFE_MS = 10 * 60_000
/** Other commands wait a day for a till that is switched off overnight. */
export const COMMAND_LIFE_MS = 24 * 3_600_000
/** Details of one result: a till has at most 16 registers. */
export const COMMAND_DETAILS_MAX = 32
/** Log that one command brings: days of an ordinary till, seconds of a slow line. */
export const LOG_EXCERPT_BYTES_MAX = 256 * 1024
/** Pieces that an excerpt comes in; escaped as JSON it may grow to several times its size. */
export const LOG_PARTS_MAX = 64
