/** Shortest password that the contract accepts; told before it is refused. */
export const PASSWORD_LENGTH_MIN = 10
