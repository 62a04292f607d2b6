import { Badge, Group, Paper, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconShieldCheck } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { DirectoryView } from '../../api.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { Ago } from '../../widgets/moment.tsx'
import { EmptyNotice } from '../../widgets/notice.tsx'
import { placeText } from './place.ts'

const STATE_COLORS = { online: 'green', offline: 'yellow', never: 'gray' } as const

const agentPlace = ({ directory }: DirectoryView, { site, terminal }: DirectoryView['agents'][number]): string =>
  [
    directory.sites.find(each => each.code === site)?.name ?? site,
    directory.terminals.find(each => each.code === terminal)?.name ?? terminal,
  ]
    .filter(Boolean)
    .join(' · ')

/** Agents with an identity of ours. */
export function AgentList({ view }: { view: DirectoryView }) {
  const { t } = useTranslation()
  if (view.agents.length === 0) {
    return (
      <EmptyNotice icon={IconDeviceDesktop} title={t('directory.agentsEmpty')} text={t('directory.agentsEmptyText')} />
    )
  }
  return (
    <Paper>
      <ul className="tw-list">
        {view.agents.map(agent => (
          <li key={agent.id}>
            <Group justify="space-between" gap="xs">
              <div className="tw-grow">
                <Link href={`/terminals/${encodeURIComponent(agent.id)}`}>{agent.id}</Link>{' '}
                {agent.revoked ? (
                  <Badge size="sm" color="gray" variant="light" tt="none">
                    {t('directory.revoked')}
                  </Badge>
                ) : null}
                {agent.duplicateIdentity ? (
                  <Tooltip label={t('directory.duplicateHint')} multiline maw={320}>
                    <Badge size="sm" color="red" variant="light" tt="none" tabIndex={0}>
                      {t('directory.duplicate')}
                    </Badge>
                  </Tooltip>
                ) : null}
                <Text fz="sm" c="dimmed" className="tw-wrap">
                  {agentPlace(view, agent) || t('fleet.noSite')}
                  {agent.version ? ` · ${t('directory.version')} ${agent.version}` : ''}
                </Text>
              </div>
              <Group gap="xs">
                <Badge variant="light" color={STATE_COLORS[agent.state]} tt="none" fw={500}>
                  {t(`agentState.${agent.state}`)}
                </Badge>
                <Text fz="sm" c="dimmed">
                  {agent.lastHeardAt ? <Ago at={agent.lastHeardAt} /> : null}
                </Text>
              </Group>
            </Group>
          </li>
        ))}
      </ul>
    </Paper>
  )
}

/** Who knocked and was not let in. */
export function UnknownAgentList({ view }: { view: DirectoryView }) {
  const { t } = useTranslation()
  if (view.unknownAgents.length === 0) {
    return (
      <EmptyNotice icon={IconShieldCheck} title={t('directory.unknownEmpty')} text={t('directory.unknownEmptyText')} />
    )
  }
  return (
    <Paper>
      <Text c="dimmed" fz="sm" mb="xs">
        {t('directory.unknownIntro')}
      </Text>
      <ul className="tw-list">
        {view.unknownAgents.map(agent => (
          <li key={agent.id + agent.address}>
            <Group justify="space-between" gap="xs">
              <div className="tw-grow">
                <Text fw={500} className="tw-wrap">
                  {agent.id}
                </Text>
                <Text fz="sm" c="dimmed">
                  {t('directory.from', { address: agent.address })} ·{' '}
                  {t('directory.attempts', { count: agent.attempts })}
                </Text>
              </div>
              <Text fz="sm" c="dimmed">
                <Ago at={agent.lastAt} />
              </Text>
            </Group>
          </li>
        ))}
      </ul>
    </Paper>
  )
}

/** The name of the site where it is known, for codes say little. */
function gapPlace(t: TFunction, view: DirectoryView, where: string): string {
  const site = view.directory.sites.find(each => where === `sites ${each.code}`)
  return site ? `${site.name} · ${site.address}` : placeText(t, where)
}

/** What is missing for rules to judge better. */
export function GapList({ view }: { view: DirectoryView }) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (view.gaps.length === 0) {
    return <EmptyNotice icon={IconCheck} title={t('directory.noGaps')} text={t('directory.noGapsText')} />
  }
  return (
    <Paper>
      <Text c="dimmed" fz="sm" mb="xs">
        {t('directory.gapsIntro')}
      </Text>
      <ul className="tw-list">
        {view.gaps.map(gap => (
          <li key={gap.where + gap.message.en}>
            <Text fz="sm" className="tw-sentence">
              {gap.message[language]}
            </Text>
            <Text fz="sm" c="dimmed" className="tw-wrap">
              {gapPlace(t, view, gap.where)}
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  )
}
