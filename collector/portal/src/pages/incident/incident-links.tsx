import { Anchor, Button, Group, Paper, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CauseLink } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { inboundApi } from '../../inbound-api.ts'
import { useMe } from '../../session.ts'
import { StatusBadge } from '../../widgets/badges.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'

function LinkItem({ incidentId, link }: { incidentId: string; link: CauseLink }) {
  const { t } = useTranslation()
  const pick = usePick()
  const { mayWork } = useMe()
  const queryClient = useQueryClient()
  const decide = useMutation({
    mutationFn: (decision: 'linked' | 'rejected') => inboundApi.decideLink(incidentId, { otherId: link.id, decision }),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ['incident'] }),
  })
  return (
    <li>
      <span className="tw-line tw-line-wrap">
        <StatusBadge status={link.status} />
        <Anchor component={Link} href={`/incidents/${encodeURIComponent(link.id)}`}>
          №{link.number} {pick(link.title)}
        </Anchor>
      </span>
      <Text fz="sm" c="dimmed">
        {t(`links.${link.state}`)}
      </Text>
      {link.state === 'proposed' && mayWork ? (
        <Group gap="xs" mt={6}>
          <Button size="xs" loading={decide.isPending} onClick={() => decide.mutate('linked')}>
            {t('links.link')}
          </Button>
          <Button size="xs" variant="default" disabled={decide.isPending} onClick={() => decide.mutate('rejected')}>
            {t('links.reject')}
          </Button>
        </Group>
      ) : null}
      {decide.error ? <ErrorNotice thrown={decide.error} /> : null}
    </li>
  )
}

/** Incidents of the same cause, and who asked for this one; nothing while there is neither. */
export function IncidentLinks({ incidentId }: { incidentId: string }) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['incident', incidentId, 'links'],
    queryFn: ({ signal }) => inboundApi.links(incidentId, signal),
  })
  if (query.error) return <ErrorNotice thrown={query.error} onRetry={() => void query.refetch()} />
  const { links = [], author = null } = query.data ?? {}
  if (links.length === 0 && author === null) return null
  return (
    <Paper component="section" aria-label={t('links.title')}>
      {author ? (
        <dl className="tw-details">
          <dt>{t('links.author')}</dt>
          <dd>{[author.name, author.contact].filter(Boolean).join(', ')}</dd>
        </dl>
      ) : null}
      {links.length > 0 ? (
        <>
          <Title order={2} mb={4} mt={author ? 'md' : 0}>
            {t('links.title')}
          </Title>
          <ul className="tw-list">
            {links.map(link => (
              <LinkItem key={link.id} incidentId={incidentId} link={link} />
            ))}
          </ul>
        </>
      ) : null}
    </Paper>
  )
}
