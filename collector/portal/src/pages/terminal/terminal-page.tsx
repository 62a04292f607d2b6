import { Anchor, Stack } from '@mantine/core'
import { IconChevronLeft, IconCpu } from '@tabler/icons-react'
import type { TerminalView } from '@tillwatch/shared/api'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useTerminal } from '../../queries.ts'
import { HealthMark } from '../../widgets/health-mark.tsx'
import { MaintenanceNote } from '../../widgets/maintenance-note.tsx'
import { Ago } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { nextRow } from '../../widgets/row-keys.ts'
import { PageSkeleton } from '../../widgets/skeletons.tsx'
import { AgentCommands } from './agent-commands.tsx'
import { ItemView } from './item-view.tsx'
import { MaintenanceButton } from './maintenance-button.tsx'
import { Services } from './services.tsx'
import { SitePassport } from './site-passport.tsx'
import { SwitchedOff } from './switched-off.tsx'
import { RecentChanges, TerminalIncidents } from './terminal-side.tsx'

type Item = TerminalView['items'][number]

interface ItemTabsProps {
  readonly items: readonly Item[]
  readonly chosen: string
  readonly onChoose: (id: string) => void
}

function ItemTabs({ items, chosen, onChoose }: ItemTabsProps) {
  const { t } = useTranslation()
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const key = { ArrowRight: 'ArrowDown', ArrowLeft: 'ArrowUp' }[event.key] ?? event.key
    const next = nextRow(
      key,
      items.findIndex(item => item.id === chosen),
      items.length,
    )
    const item = next === null ? undefined : items[next]
    if (!item) return
    event.preventDefault()
    onChoose(item.id)
    document.getElementById(`tab-${item.id}`)?.focus()
  }
  // With none of them chosen the first one is where the keyboard enters.
  const reachable = items.find(item => item.id === chosen) ?? items[0]
  return (
    <div className="tw-item-tabs" role="tablist" aria-label={t('terminal.items')} onKeyDown={onKeyDown}>
      {items.map(item => (
        <button
          key={item.id}
          id={`tab-${item.id}`}
          type="button"
          role="tab"
          aria-selected={item.id === chosen}
          aria-controls="item-panel"
          tabIndex={item === reachable ? 0 : -1}
          className="tw-item-tab"
          onClick={() => onChoose(item.id)}
        >
          <HealthMark health={item.health} />
          <span>
            <span className="tw-dim">{t(`terminal.kinds.${item.kind}`)}</span> {item.title}
          </span>
        </button>
      ))}
    </div>
  )
}

function Loaded({ view }: { view: TerminalView }) {
  const { t } = useTranslation()
  const [wanted, setWanted] = useState<string | null>(null)
  const item = view.items.find(each => each.id === wanted) ?? view.items[0]
  const equipment = view.items.filter(each => each.kind !== 'service')
  const services = view.items.filter(each => each.kind === 'service')
  const chooseService = (id: string) => {
    setWanted(id)
    // On a narrow screen the list stands far below what it shows.
    const panel = document.getElementById('item-panel')
    if (panel && panel.getBoundingClientRect().top < 0) panel.scrollIntoView({ block: 'start' })
  }
  return (
    <div className="tw-two">
      <Stack gap="md">
        {item ? (
          <>
            <ItemTabs items={equipment} chosen={item.id} onChoose={setWanted} />
            <div id="item-panel" className="tw-item-panel" role="tabpanel" aria-labelledby={`tab-${item.id}`}>
              <ItemView key={item.id} item={item} timeZone={view.site?.timezone} />
            </div>
          </>
        ) : (
          <EmptyNotice icon={IconCpu} title={t('fleet.noRegister')} text={t('terminal.noFacts')} />
        )}
      </Stack>
      <Stack gap="md">
        <TerminalIncidents ids={view.incidentIds} />
        <AgentCommands view={view} item={item} />
        {item ? <Services items={services} chosen={item.id} onChoose={chooseService} /> : null}
        <SitePassport view={view} />
        {item ? <RecentChanges view={view} itemId={item.id} /> : null}
      </Stack>
    </div>
  )
}

/** Everything about one till PC and what is plugged into it. */
export default function TerminalPage({ agentId }: { agentId: string }) {
  const { t } = useTranslation()
  const terminal = useTerminal(agentId)
  const view = terminal.data
  if (terminal.isPending) return <PageSkeleton />
  const back = (
    <Anchor component={Link} href="/" className="tw-back" fz="sm">
      <IconChevronLeft size={16} aria-hidden /> {t('nav.fleet')}
    </Anchor>
  )
  if (!view) {
    return (
      <Page title={t('terminal.title')} above={back}>
        <ErrorNotice thrown={terminal.error} onRetry={() => void terminal.refetch()} />
      </Page>
    )
  }
  const intro = (
    <span>
      {view.site ? `${[view.client, view.site.name].filter(Boolean).join(' · ')} · ` : ''}
      {t('terminal.agent')} {view.agentId}: {t(`agentState.${view.agentState}`)}
      {view.heardAt ? (
        <>
          , <Ago at={view.heardAt} timeZone={view.site?.timezone} />
        </>
      ) : null}
    </span>
  )
  return (
    <Page
      title={view.terminal?.name ?? view.agentId}
      above={back}
      intro={intro}
      actions={<MaintenanceButton view={view} />}
    >
      {terminal.error ? <ErrorNotice thrown={terminal.error} onRetry={() => void terminal.refetch()} /> : null}
      <MaintenanceNote agentId={view.agentId} timeZone={view.site?.timezone} />
      <SwitchedOff agentId={view.agentId} timeZone={view.site?.timezone} />
      <Loaded view={view} />
    </Page>
  )
}
