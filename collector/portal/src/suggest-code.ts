const CODE_LENGTH_MAX = 64

/** A code made of a name: "ООО «Ромашка», Тверская 7" becomes "ооо-ромашка-тверская-7". */
export const suggestCode = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, CODE_LENGTH_MAX)
