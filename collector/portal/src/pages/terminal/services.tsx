import { Paper, Title } from '@mantine/core'
import type { TerminalView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { factText } from '../../fact-text.ts'
import { factName } from '../../i18n/fact-values.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { besideState, placeOfService, type ServiceState, serviceState, speaksAlone } from '../../service-state.ts'
import { HealthMark } from '../../widgets/health-mark.tsx'
import { useValueWords } from '../../words.ts'

type Item = TerminalView['items'][number]
type Fact = Item['facts'][number]

/** What people call a service: its kind and address, or the name of the program. */
function useServiceTitle() {
  const { t } = useTranslation()
  return (item: Item): string => {
    const place = placeOfService(item.slot)
    return place ? `${t(`terminal.serviceNames.${place.kind}`)} ${place.where}` : item.title
  }
}

/** A fact with its name before it. */
function useFactPhrase() {
  const language = useLanguage()
  const words = useValueWords()
  return (fact: Fact): string => `${factName(fact.name, language)}: ${factText(fact.name, fact.value, language, words)}`
}

function useStateWords() {
  const { t } = useTranslation()
  const language = useLanguage()
  const words = useValueWords()
  const phrase = useFactPhrase()
  return ({ fact }: ServiceState): string => {
    if (!fact || fact.value === null) return fact && !fact.reason ? phrase(fact) : t('terminal.serviceUnknown')
    if (fact.name === 'pos.app.running') return t(fact.value ? 'terminal.running' : 'terminal.notRunning')
    return speaksAlone(fact.name) ? factText(fact.name, fact.value, language, words) : phrase(fact)
  }
}

/** Which service it is, and how it is in a word. */
export function ServiceHead({ item }: { item: Item }) {
  const titleOf = useServiceTitle()
  const wordsOf = useStateWords()
  const state = serviceState(item)
  return (
    <>
      <Title order={2}>{titleOf(item)}</Title>
      <HealthMark health={state.tone} text={wordsOf(state)} withText />
    </>
  )
}

interface ServicesProps {
  readonly items: readonly Item[]
  readonly chosen: string
  readonly onChoose: (id: string) => void
}

const TONE_ORDER = ['red', 'yellow', 'green', 'grey'] as const

/** Services and programs of the PC, those that ask for attention first; a chosen one is shown in full beside. */
export function Services({ items, chosen, onChoose }: ServicesProps) {
  const { t } = useTranslation()
  const titleOf = useServiceTitle()
  const wordsOf = useStateWords()
  const phrase = useFactPhrase()
  if (items.length === 0) return null
  const rows = items
    .map(item => ({ item, state: serviceState(item) }))
    .sort((one, other) => TONE_ORDER.indexOf(one.state.tone) - TONE_ORDER.indexOf(other.state.tone))
  return (
    <Paper component="section" aria-label={t('terminal.services')}>
      <Title order={2} mb={4}>
        {t('terminal.services')}
      </Title>
      <ul className="tw-list">
        {rows.map(({ item, state }) => (
          <li key={item.id} className="tw-service-row">
            <button
              id={`tab-${item.id}`}
              type="button"
              className="tw-service"
              aria-pressed={item.id === chosen}
              aria-controls="item-panel"
              onClick={() => onChoose(item.id)}
            >
              <HealthMark health={state.tone} text={wordsOf(state)} />
              <span className="tw-grow">
                <span className="tw-service-title tw-wrap">{titleOf(item)}</span>
                <span className="tw-service-state tw-wrap">{wordsOf(state)}</span>
                {besideState(item.facts, state.fact).map(fact => (
                  <span key={fact.name} className="tw-dim tw-small tw-wrap tw-service-beside">
                    {phrase(fact)}
                  </span>
                ))}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Paper>
  )
}
