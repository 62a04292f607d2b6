/** Version of the agent: a constant, because a single executable has no package.json beside it. A test compares the two. */
export const AGENT_VERSION = '0.1.0'
