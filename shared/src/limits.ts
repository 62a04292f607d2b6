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
/** Reason of a maintenance window: it stands in the audit trail of every incident that it covers. */
export const MAINTENANCE_REASON_MAX = 400
/** Maintenance windows of a tenant that are not over: a person reads them all on one page, and every new fault is compared with some. */
export const MAINTENANCE_WINDOWS_MAX = 500
/** Members of a group that must be affected for a mass incident; fewer live ones never make it, unless a contract says so (domain 8, 18.38). */
export const MASS_MEMBERS_MIN = 5
/** New faults that are looked at together for what they share: more than any tenant has at once, little enough for one step. */
export const MASS_ONSETS_MAX = 5_000
/** New tickets of a tenant in ten minutes; the rest waits and is named in a digest (domain section 8). */
export const FLOOD_TICKETS_MAX = 20
/** Problems of one tenant: each known error among them is compared with every incident that opens. Beyond it the machine proposes none. */
export const PROBLEMS_MAX = 2_000
/** Measures of one problem. */
export const MEASURES_MAX = 100
/** Files of rules of one installation: each site of a chain may have its own, and all of them are checked at every load. */
export const RULE_FILES_MAX = 256
/** One file of rules; the shipped ones have under 20 kB. */
export const RULE_FILE_BYTES_MAX = 256 * 1024
/** Text of changes that a person tries on the past in the portal. */
export const RULE_TRIAL_LENGTH_MAX = 20_000
/** Items of one trial from the portal: minutes of work for a thread of its own; the command line takes any number. */
export const RULE_TRIAL_ITEMS_MAX = 5_000
/** Alerts of another monitoring system in one request: what its own grouping makes at most. */
export const ALERTS_PER_BODY_MAX = 100
/** Unfinished incidents that one source may have: a source that opens more is broken, and people would lose sight of the rest. */
export const INBOUND_OPEN_MAX = 500
/** Requests of one machine token in a minute, in bursts of `INBOUND_BURST_MAX`. */
export const INBOUND_PER_MINUTE_MAX = 120
export const INBOUND_BURST_MAX = 30
/** Machine tokens of a tenant, revoked ones included. */
export const MACHINE_TOKENS_MAX = 200
/** Contracts of one tenant: more than a service company signs; a person looks through all of them on one page. */
export const CONTRACTS_MAX = 5_000
/** People who are told, of one tenant: a few for each of its larger clients. */
export const RESPONSIBLES_MAX = 5_000
/** Messages to people of one tenant that wait for the mail server: a bad day of a large fleet; more would reach nobody in time. */
export const NOTICES_WAITING_MAX = 2_000
/** Characters of one template of ticket texts: the shipped ones take a tenth; desks cut long texts anyway. */
export const TICKET_TEMPLATE_LENGTH_MAX = 16_000
