/** Who did something, as pages name them: a person, a desk, or the program itself. */
export const actorName = (actor: string): string => (actor === 'tillwatch' ? 'Tillwatch' : actor)
