// Paints in the chosen colour scheme from the first frame on; a file of its own because the page allows no inline scripts.
;(() => {
  const key = 'tillwatch-color-scheme'
  let stored = 'auto'
  try {
    stored = localStorage.getItem(key) || 'auto'
  } catch {
    // Storage is switched off: the system's scheme it is.
  }
  const dark = stored === 'dark' || (stored === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
