/** File URLs of the packs that ship with the product, in the order in which they are compiled. */
export const SHIPPED_PACKS: readonly URL[] = ['fiscal', 'host', 'fleet', 'surroundings'].map(
  name => new URL(`../../packs/${name}.yaml`, import.meta.url),
)
