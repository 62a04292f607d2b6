import { POLL_TEXTS } from '@tillwatch/agent/commands/poll-texts'

/**
 * What the agent's log says is wrong with the register, as lines for whoever looks at the demonstration: Russian, then English, each with
 * its next step. Empty for every other line. The agent tells a trouble once, when it begins.
 */
export function registerTrouble(logLine: string): string[] {
  const { code, msg, nextStep } = fieldsOf(logLine)
  if (typeof code !== 'string' || typeof msg !== 'string' || !/^(port|register)\./.test(code)) return []
  const english = { code, message: msg, nextStep: typeof nextStep === 'string' ? nextStep : '' }
  return [POLL_TEXTS.ru.problem(english), POLL_TEXTS.en.problem(english)].flatMap(({ message, nextStep: step }) => [
    `! ${message}`,
    ...(step ? [`  ${step}`] : []),
  ])
}

function fieldsOf(logLine: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(logLine)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
