import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconRocket } from '@tabler/icons-react'
import type { LaunchView } from '@tillwatch/shared/api'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { useAcceptSetting, useLaunches } from '../../day-queries.ts'
import { factName } from '../../i18n/fact-values.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { useNow } from '../../now.ts'
import { useMe } from '../../session.ts'
import { StatusBadge } from '../../widgets/badges.tsx'
import { Moment } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { daysLeft } from './day-groups.ts'

type Site = LaunchView['sites'][number]
type Differing = Site['differing'][number]
type Accepted = Site['accepted'][number]

function SettingName({ setting }: { setting: Differing | Accepted }) {
  const language = useLanguage()
  return (
    <>
      <Link href={`/terminals/${encodeURIComponent(setting.agentId)}`}>
        {setting.terminal ?? setting.serial ?? setting.agentId}
      </Link>
      {': '}
      <b>{factName(setting.fact, language)}</b>
    </>
  )
}

/** Nothing takes an acceptance back, so it is asked for twice. */
function Accept({ setting }: { setting: Differing }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  const accept = useAcceptSetting(() => notifications.show({ message: t('launch.acceptedDone'), color: 'green' }))
  if (!asked) {
    return (
      <Button size="xs" variant="default" onClick={() => setAsked(true)}>
        {t('launch.accept')}
      </Button>
    )
  }
  return (
    <Stack gap={6} className="tw-note" data-tone="accent">
      <Text fz="sm">{t('launch.confirm', { value: setting.value })}</Text>
      <Group gap="xs">
        <Button size="xs" loading={accept.isPending} onClick={() => accept.mutate(setting)}>
          {t('launch.confirmYes')}
        </Button>
        <Button size="xs" variant="default" onClick={() => setAsked(false)}>
          {t('common.cancel')}
        </Button>
      </Group>
      {accept.error ? <ErrorNotice thrown={accept.error} /> : null}
    </Stack>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Text fw={500} fz="sm">
        {title}
      </Text>
      <ul className="tw-plain tw-small">{children}</ul>
    </div>
  )
}

function Settings({ site }: { site: Site }) {
  const { t } = useTranslation()
  const { mayWork } = useMe()
  return (
    <>
      {site.differing.length > 0 ? (
        <Part title={t('launch.differing')}>
          {site.differing.map(setting => (
            <li key={setting.itemId + setting.fact}>
              <Group justify="space-between" gap="xs">
                <div className="tw-wrap">
                  <SettingName setting={setting} />
                  <div className="tw-dim">{t('launch.differs', setting)}</div>
                </div>
                {mayWork ? <Accept setting={setting} /> : null}
              </Group>
            </li>
          ))}
        </Part>
      ) : null}
      {site.accepted.length > 0 ? (
        <Part title={t('launch.accepted')}>
          {site.accepted.map(setting => (
            <li key={setting.itemId + setting.fact + setting.at} className="tw-wrap">
              <SettingName setting={setting} /> {setting.value}
              <span className="tw-dim">
                {' · '}
                {t('launch.acceptedBy', setting)}, <Moment at={setting.at} />
              </span>
            </li>
          ))}
        </Part>
      ) : null}
    </>
  )
}

function Findings({ findings }: Pick<Site, 'findings'>) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <Part title={t('launch.findings')}>
      {findings.map(finding => (
        <li key={finding.incidentId}>
          <Group gap="xs">
            <Link href={`/incidents/${encodeURIComponent(finding.incidentId)}`} className="tw-wrap">
              № {finding.number} {pick(finding.title)}
            </Link>
            <StatusBadge status={finding.status} />
            <span className="tw-dim">
              <Moment at={finding.openedAt} />
            </span>
          </Group>
        </li>
      ))}
    </Part>
  )
}

function Launch({ site }: { site: Site }) {
  const { t } = useTranslation()
  const now = useNow()
  const left = daysLeft(site.until, now)
  const isClean = site.findings.length + site.differing.length + site.accepted.length === 0
  return (
    <Paper component="li">
      <Stack gap="sm">
        <div>
          <Group gap="xs">
            <Title order={3} className="tw-wrap">
              {site.name}
            </Title>
            <Badge variant="light" color={left > 0 ? 'tide' : 'gray'} tt="none" fw={500}>
              {left > 0 ? t('launch.left', { count: left }) : t('launch.over')}
            </Badge>
          </Group>
          <div className="tw-dim tw-small">
            {site.client} · {t(left > 0 ? 'launch.until' : 'launch.ended')} <Moment at={site.until} />
          </div>
        </div>
        <Settings site={site} />
        {site.findings.length > 0 ? <Findings findings={site.findings} /> : null}
        {isClean ? (
          <Text c="dimmed" fz="sm">
            {t('launch.clean')}
          </Text>
        ) : null}
      </Stack>
    </Paper>
  )
}

/** New outlets: how long they count as such, what was found in their settings, and what people accepted (R11–R13). */
export function Launches() {
  const { t } = useTranslation()
  const launches = useLaunches()
  const sites = launches.data?.sites ?? []
  return (
    <section aria-labelledby="launches">
      <Title order={2} id="launches">
        {t('launch.title')}
      </Title>
      <Text c="dimmed" fz="sm" maw={720}>
        {t('launch.intro')}
      </Text>
      {launches.error ? <ErrorNotice thrown={launches.error} onRetry={() => void launches.refetch()} /> : null}
      {launches.isPending ? <ListSkeleton rows={2} /> : null}
      {launches.data && sites.length === 0 ? (
        <EmptyNotice icon={IconRocket} title={t('launch.emptyTitle')} text={t('launch.emptyText')} />
      ) : null}
      <ul className="tw-plain">
        {sites.map(site => (
          <Launch key={site.code} site={site} />
        ))}
      </ul>
    </section>
  )
}
