/**
 * Writes an answer as it is. For the answers that hold ten thousand rows: checking each against its schema would take the main thread, and with
 * it the broker, for half a second. Their shape is held by types.
 */
export const plainJson = () => JSON.stringify
