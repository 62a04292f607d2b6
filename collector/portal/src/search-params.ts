/** The parameters of the address with one of them set, or removed when it is empty. */
export const withParameter =
  (name: string, value: string) =>
  (parameters: URLSearchParams): URLSearchParams => {
    const next = new URLSearchParams(parameters)
    if (value) next.set(name, value)
    else next.delete(name)
    return next
  }
