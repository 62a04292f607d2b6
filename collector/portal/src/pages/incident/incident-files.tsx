import { Anchor, Paper, Skeleton, Text, Title } from '@mantine/core'
import { IconChartLine, IconFileText } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type AttachmentView, attachmentView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { request } from '../../api-client.ts'
import { useLanguage } from '../../i18n/i18n.ts'
import { useMe } from '../../session.ts'
import { Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'

const pathOf = (incidentId: string) => `/api/incidents/${encodeURIComponent(incidentId)}/attachments`

/** Of files in several languages those that the reader understands, when there are any. */
function readable(files: readonly AttachmentView[], language: string): readonly AttachmentView[] {
  const hasOwn = (sort: string) => files.some(file => file.sort === sort && file.language === language)
  return files.filter(file => file.language === language || !hasOwn(file.sort))
}

/** Charts and logs that go with the tickets of an incident, to be looked at here; for those who work on it. */
export function IncidentFiles({ incidentId }: { incidentId: string }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const { mayWork } = useMe()
  const query = useQuery({
    queryKey: ['incident', incidentId, 'attachments'],
    queryFn: ({ signal }) => request(z.array(attachmentView), pathOf(incidentId), { signal }),
    enabled: mayWork,
  })
  if (!mayWork) return null
  const files = readable(query.data ?? [], language)
  return (
    <Paper component="section" aria-label={t('evidence.title')}>
      <Title order={2} mb={4}>
        {t('evidence.title')}
      </Title>
      {query.error ? <ErrorNotice thrown={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton h={20} /> : null}
      {query.data && files.length === 0 ? (
        <Text c="dimmed" fz="sm">
          {t('evidence.none')}
        </Text>
      ) : null}
      <ul className="tw-list">
        {files.map(file => (
          <li key={file.name}>
            <Anchor href={`${pathOf(incidentId)}/${encodeURIComponent(file.name)}`} download={file.name} fz="sm">
              <span className="tw-line">
                {file.sort === 'chart' ? (
                  <IconChartLine size={16} aria-hidden />
                ) : (
                  <IconFileText size={16} aria-hidden />
                )}
                {t(`evidence.${file.sort}`)}
              </span>
            </Anchor>
            <Text fz="sm" c="dimmed">
              {t('evidence.size', { kb: Math.max(1, Math.round(file.size / 1024)) })} · <Moment at={file.at} />
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  )
}
