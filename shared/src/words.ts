/** Words and measures for people, in both languages: what pages and commands say of facts. */
export * from './fact-words.ts'
export * from './measures.ts'
export * from './reason-words.ts'
