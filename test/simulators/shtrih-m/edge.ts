/** True once each time its argument turns from false to true. */
export function rising(): (now: boolean) => boolean {
  let before = false
  return now => {
    const rose = now && !before
    before = now
    return rose
  }
}
