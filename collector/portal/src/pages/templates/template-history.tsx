import { Button, Paper, Text, Title } from '@mantine/core'
import type { TemplateKind, TemplateLanguage } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { useTemplateHistory } from '../../template-api.ts'
import { Moment } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

interface TemplateHistoryProps {
  readonly kind: TemplateKind
  readonly language: TemplateLanguage
  readonly onTake: (text: string) => void
}

/** Who wrote which version when, and a way to take one into the editor. */
export function TemplateHistory({ kind, language, onTake }: TemplateHistoryProps) {
  const { t } = useTranslation()
  const history = useTemplateHistory(kind, language)
  return (
    <Paper component="section" aria-label={t('templates.history')}>
      <Title order={2} mb="sm">
        {t('templates.history')}
      </Title>
      {history.error ? <ErrorNotice thrown={history.error} onRetry={() => void history.refetch()} /> : null}
      {history.isPending ? <ListSkeleton rows={2} height={32} /> : null}
      {history.data?.length === 0 ? <Text c="dimmed">{t('templates.noHistory')}</Text> : null}
      <ul className="tw-versions">
        {history.data?.map(({ at, author, text }) => (
          <li key={at + author + (text ?? '')}>
            <span>
              <Moment at={at} /> · {author}
            </span>
            {text === null ? (
              <Text span c="dimmed" fz="sm">
                {t('templates.historyShipped')}
              </Text>
            ) : (
              <Button size="compact-sm" variant="default" onClick={() => onTake(text)}>
                {t('templates.take')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Paper>
  )
}
