/** Marks what desks are not told while a mass incident speaks for it … */
export const UNTOLD_BY_MASS = 'mass'
/** … and what they are not told while too many tickets are made. */
export const UNTOLD_BY_FLOOD = 'flood'
