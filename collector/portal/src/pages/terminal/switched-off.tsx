import { Button, Group, Text } from '@mantine/core'
import { type AgentCommandsView, targetKey } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { formatMoment, zoneName } from '../../format.ts'
import { checkWord } from '../../i18n/check-words.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { browserZone, nowMs } from '../../now.ts'
import { useCommands } from '../../queries.ts'
import { useMe } from '../../session.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { useCommand } from './use-command.ts'

type Off = AgentCommandsView['switchedOff'][number]

function OffRow({ agentId, off, timeZone }: { agentId: string; off: Off; timeZone: string }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { mayWork } = useMe()
  const command = useCommand(agentId)
  const check = checkWord(targetKey(off.target), language)
  const untilMs = off.until === null ? null : Date.parse(off.until)
  const time =
    untilMs === null ? '' : `${formatMoment(language, untilMs, nowMs(), timeZone)} ${zoneName(timeZone, untilMs)}`
  return (
    <li>
      <Group justify="space-between" gap="xs">
        <Text fz="sm" className="tw-wrap tw-sentence">
          <b>{check}</b>{' '}
          {untilMs === null ? t('commands.offUnknown') : t('commands.offUntil', { time, by: off.by ?? '' })}
        </Text>
        {mayWork ? (
          <Button
            size="xs"
            variant="default"
            aria-label={t('commands.onLabel', { check })}
            loading={command.isPending}
            onClick={() => command.mutate({ do: 'enable', target: off.target })}
          >
            {t('commands.on')}
          </Button>
        ) : null}
      </Group>
      {command.error ? <ErrorNotice thrown={command.error} /> : null}
    </li>
  )
}

interface SwitchedOffProps {
  readonly agentId: string
  readonly timeZone: string | undefined
}

/** What is left alone on this PC on purpose, above everything else: silence that was asked for must not pass for health. */
export function SwitchedOff({ agentId, timeZone = browserZone() }: SwitchedOffProps) {
  const { t } = useTranslation()
  const { data } = useCommands(agentId)
  if (!data || data.switchedOff.length === 0) return null
  return (
    <section className="tw-note" data-tone="yellow" aria-label={t('commands.off')}>
      <Text fw={600}>{t('commands.off')}</Text>
      <ul className="tw-plain">
        {data.switchedOff.map(off => (
          <OffRow key={targetKey(off.target)} agentId={agentId} off={off} timeZone={timeZone} />
        ))}
      </ul>
    </section>
  )
}
