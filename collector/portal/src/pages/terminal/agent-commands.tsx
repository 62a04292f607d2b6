import { Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconFileText, IconPlayerPause, IconRefresh } from '@tabler/icons-react'
import type { AgentCommand, CommandState, CommandView, TerminalView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { commandLog } from '../../api.ts'
import { formatBytes } from '../../format.ts'
import { commandWords } from '../../i18n/check-words.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { useCommands } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { Ago } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { SwitchOffDialog } from './switch-off-dialog.tsx'
import { useCommand } from './use-command.ts'

/** The most that an agent sends: days of an ordinary till. */
const LOG_BYTES = 262_144
const ROWS_SHOWN = 5

const COLORS: Record<CommandState, string> = {
  waiting: 'gray',
  said: 'tide',
  done: 'green',
  failed: 'red',
  refused: 'yellow',
  expired: 'yellow',
  unanswered: 'red',
}

interface CommandRowProps {
  readonly agentId: string
  readonly row: CommandView
  readonly timeZone: string | undefined
}

function CommandRow({ agentId, row, timeZone }: CommandRowProps) {
  const { t } = useTranslation()
  const language = useLanguage()
  const pick = usePick()
  const { mayWork } = useMe()
  const size = row.log ? formatBytes(language, row.log.bytes) : ''
  return (
    <li>
      <div className="tw-line tw-line-top">
        <div className="tw-grow">
          <div className="tw-wrap tw-sentence">{commandWords(row.command, language)}</div>
          <div className="tw-dim tw-small">
            {row.by} · <Ago at={row.issuedAt} timeZone={timeZone} />
          </div>
        </div>
        <Badge variant="light" color={COLORS[row.state]} tt="none" fw={500}>
          {t(`commands.states.${row.state}`)}
        </Badge>
      </div>
      {row.text ? <div className="tw-small tw-wrap">{pick(row.text)}</div> : null}
      {row.log && mayWork ? (
        <Anchor fz="sm" href={commandLog(agentId, row.id)} download>
          {t(row.log.complete ? 'commands.log' : 'commands.logPartial', { size })}
        </Anchor>
      ) : null}
    </li>
  )
}

function CommandList({ agentId, rows, timeZone }: Omit<CommandRowProps, 'row'> & { rows: readonly CommandView[] }) {
  const { t } = useTranslation()
  const [all, showAll] = useState(false)
  if (rows.length === 0) {
    return (
      <Text c="dimmed" fz="sm">
        {t('commands.none')}
      </Text>
    )
  }
  return (
    <div>
      <ul className="tw-list" aria-label={t('commands.last')}>
        {rows.slice(0, all ? rows.length : ROWS_SHOWN).map(row => (
          <CommandRow key={row.id} agentId={agentId} row={row} timeZone={timeZone} />
        ))}
      </ul>
      {rows.length > ROWS_SHOWN && !all ? (
        <Button variant="subtle" size="compact-sm" onClick={() => showAll(true)}>
          {t('common.loadMore')}
        </Button>
      ) : null}
    </div>
  )
}

interface AgentCommandsProps {
  readonly view: TerminalView
  /** The equipment that the page shows: a register is polled alone. */
  readonly item: TerminalView['items'][number] | undefined
}

/** What can be asked of the agent from here, and what came of it. */
export function AgentCommands({ view, item }: AgentCommandsProps) {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  const { agentId } = view
  const commands = useCommands(agentId)
  const command = useCommand(agentId)
  const [opened, dialog] = useDisclosure(false)
  const rows = commands.data?.rows ?? []
  const poll: AgentCommand = { do: 'poll_now', ...(item?.kind === 'register' && { slot: item.slot }) }
  const asked = (doing: AgentCommand['do']) => command.isPending && command.variables.do === doing
  if (!mayWork && rows.length === 0) return null
  return (
    <Paper component="section" aria-label={t('commands.title')}>
      <Stack gap="sm">
        <Title order={2}>{t('commands.title')}</Title>
        {mayWork ? (
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              leftSection={<IconRefresh size={14} aria-hidden />}
              loading={asked('poll_now')}
              onClick={() => command.mutate(poll)}
            >
              {t('commands.pollNow')}
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlayerPause size={14} aria-hidden />}
              disabled={(commands.data?.checks.length ?? 0) === 0}
              onClick={dialog.open}
            >
              {t('commands.switchOff')}
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconFileText size={14} aria-hidden />}
              loading={asked('collect_log')}
              onClick={() => command.mutate({ do: 'collect_log', bytes_max: LOG_BYTES })}
            >
              {t('commands.collectLog')}
            </Button>
          </Group>
        ) : null}
        {mayWork && view.agentState !== 'online' ? (
          <Text fz="sm" c="dimmed">
            {t('commands.away')}
          </Text>
        ) : null}
        {command.error ? <ErrorNotice thrown={command.error} /> : null}
        {commands.error ? (
          <ErrorNotice thrown={commands.error} onRetry={() => void commands.refetch()} />
        ) : (
          <CommandList agentId={agentId} rows={rows} timeZone={view.site?.timezone} />
        )}
      </Stack>
      <SwitchOffDialog opened={opened} agentId={agentId} checks={commands.data?.checks ?? []} onClose={dialog.close} />
    </Paper>
  )
}
