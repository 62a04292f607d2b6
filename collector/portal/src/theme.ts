import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const tide: MantineColorsTuple = [
  '#eaf6f8',
  '#d9ecef',
  '#b2d8df',
  '#88c3ce',
  '#65b1c0',
  '#4ea6b8',
  '#3f9fb3',
  '#2f8a9d',
  '#1f6f82',
  '#0d5a6b',
]
/** Blue-tinted greys: calmer than neutral ones beside the status colours. */
const dark: MantineColorsTuple = [
  '#d3dae0',
  '#aeb8c1',
  '#8a96a1',
  '#66727d',
  '#39434c',
  '#2b343c',
  '#20282f',
  '#182026',
  '#12191e',
  '#0c1115',
]

/** Look of the portal: one calm accent, the colours of a traffic light only where something is meant by them. */
export const theme = createTheme({
  colors: { tide, dark },
  primaryColor: 'tide',
  primaryShade: 8,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Ubuntu, 'DejaVu Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'Roboto Mono', 'DejaVu Sans Mono', monospace",
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } },
  },
  components: {
    Paper: { defaultProps: { withBorder: true, p: 'md' } },
    Modal: { defaultProps: { centered: true, radius: 'lg' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, events: { hover: true, focus: true, touch: true } } },
  },
})

/** Soft surfaces of badges with words on them, by colour; each pair has a contrast of 5 : 1 or more. */
const SOFT_LIGHT = {
  yellow: ['#fdf3e0', '#865000'],
  green: ['#e7f5ec', '#226739'],
  red: ['#fdeceb', '#b3261e'],
  gray: ['#eef1f3', '#4c5761'],
  tide: ['#e3f1f4', '#125264'],
  blue: ['#e6f0fa', '#1c5a94'],
  violet: ['#efe9fb', '#5b3fa8'],
  orange: ['#fdeee0', '#924600'],
} as const
const SOFT_DARK = {
  yellow: ['#362a17', '#f2b75c'],
  green: ['#19301f', '#7fd39b'],
  red: ['#3b2022', '#ff9f99'],
  gray: ['#222c33', '#b4bfc8'],
  tide: ['#17323a', '#7cc4d3'],
  blue: ['#182c3f', '#8fc0ef'],
  violet: ['#2b2440', '#bda9f2'],
  orange: ['#3a2817', '#f5b077'],
} as const

const softVariables = (pairs: Readonly<Record<string, readonly [surface: string, words: string]>>) =>
  Object.fromEntries(
    Object.entries(pairs).flatMap(([color, [surface, words]]) => [
      [`--mantine-color-${color}-light`, surface],
      [`--mantine-color-${color}-light-color`, words],
    ]),
  )

/** Colours that the style sheet of the portal uses; each has a value per scheme with readable contrast. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...softVariables(SOFT_LIGHT),
    '--mantine-color-body': '#f4f6f8',
    '--mantine-color-text': '#1b2328',
    '--mantine-color-dimmed': '#5a6670',
    '--mantine-color-anchor': '#0d5a6b',
    '--mantine-color-default-border': '#dfe4e8',
    '--tw-surface': '#ffffff',
    '--tw-hover': '#f0f4f6',
    '--tw-line': '#dfe4e8',
    '--tw-red': '#c9302c',
    '--tw-red-soft': '#fdeceb',
    '--tw-yellow': '#a86400',
    '--tw-yellow-dot': '#e39a1b',
    '--tw-yellow-soft': '#fdf3e0',
    '--tw-green': '#2a7d46',
    '--tw-green-dot': '#3fa562',
    '--tw-green-soft': '#e7f5ec',
    '--tw-grey': '#5f6b75',
    '--tw-grey-dot': '#9aa5ae',
    '--tw-grey-soft': '#eef1f3',
    '--tw-accent': '#1f6f82',
    '--tw-accent-soft': '#e3f1f4',
  },
  dark: {
    ...softVariables(SOFT_DARK),
    '--mantine-color-body': '#12191e',
    '--mantine-color-text': '#dbe2e7',
    '--mantine-color-dimmed': '#93a0ab',
    '--mantine-color-anchor': '#7cc4d3',
    '--mantine-color-default-border': '#2b343c',
    '--tw-surface': '#182026',
    '--tw-hover': '#1f292f',
    '--tw-line': '#2b343c',
    '--tw-red': '#ff8d87',
    '--tw-red-soft': '#3b2022',
    '--tw-yellow': '#f2b75c',
    '--tw-yellow-dot': '#e9a63a',
    '--tw-yellow-soft': '#362a17',
    '--tw-green': '#7fd39b',
    '--tw-green-dot': '#4fb573',
    '--tw-green-soft': '#19301f',
    '--tw-grey': '#a3afb9',
    '--tw-grey-dot': '#7b8792',
    '--tw-grey-soft': '#222c33',
    '--tw-accent': '#7cc4d3',
    '--tw-accent-soft': '#17323a',
  },
})
