import { Group, Paper, Select, Text, Title } from '@mantine/core'
import { IconBook2 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'wouter'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { ruleName } from '../../i18n/rule-names.ts'
import { useKnowledge } from '../../problem-queries.ts'
import { withParameter } from '../../search-params.ts'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { SearchField } from '../../widgets/search-field.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { Runbook } from '../incident/runbook.tsx'

type Found = NonNullable<ReturnType<typeof useKnowledge>['data']>

function KnownErrors({ errors }: Pick<Found, 'errors'>) {
  const { t } = useTranslation()
  const pick = usePick()
  const language = useLanguage()
  return (
    <Paper component="section" aria-label={t('knowledge.errors')}>
      <Title order={2} mb={4}>
        {t('knowledge.errors')}
      </Title>
      {errors.length === 0 ? <Text c="dimmed">{t('knowledge.noErrors')}</Text> : null}
      <ul className="tw-list">
        {errors.map(error => (
          <li key={error.problemId}>
            <Link href={`/problems/${encodeURIComponent(error.problemId)}`}>
              № {error.number} {pick(error.title)}
            </Link>
            <Text className="tw-preline tw-wrap" mt={2}>
              {error.workaround}
            </Text>
            {error.clientHint ? (
              <Text fz="sm" c="dimmed" className="tw-preline tw-wrap">
                {t('incidentKnowledge.hint')}: {error.clientHint}
              </Text>
            ) : null}
            <Text fz="sm" c="dimmed">
              {[error.client ?? t('problemBook.product'), ...error.checks.map(check => ruleName(check, language))].join(
                ' · ',
              )}
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  )
}

function Articles({ articles }: Pick<Found, 'articles'>) {
  const { t } = useTranslation()
  const pick = usePick()
  return (
    <Paper component="section" aria-label={t('knowledge.articles')}>
      <Title order={2} mb={4}>
        {t('knowledge.articles')}
      </Title>
      {articles.length === 0 ? <Text c="dimmed">{t('knowledge.noArticles')}</Text> : null}
      <ul className="tw-list">
        {articles.map(article => (
          <li key={article.name}>
            <Text fw={500}>{pick(article.title)}</Text>
            <Text fz="sm" c="dimmed">
              {pick(article.excerpt)}
            </Text>
            <Runbook path={article.name} />
          </li>
        ))}
      </ul>
    </Paper>
  )
}

/** Known errors and runbooks by words or check, for whoever wants to help himself. */
export default function KnowledgePage() {
  const { t } = useTranslation()
  const pick = usePick()
  const [parameters, setParameters] = useSearchParams()
  const search = parameters.get('search') ?? ''
  const check = parameters.get('check') ?? ''
  const set = (name: string, value: string) => setParameters(withParameter(name, value), { replace: true })
  const all = useKnowledge('', '')
  const knowledge = useKnowledge(search, check)
  const found = knowledge.data
  return (
    <Page title={t('knowledge.title')} intro={t('knowledge.intro')}>
      <Group gap="sm">
        <SearchField value={search} label={t('knowledge.search')} onChange={value => set('search', value)} />
        <Select
          searchable
          aria-label={t('knowledge.check')}
          value={check}
          onChange={value => set('check', value ?? '')}
          allowDeselect={false}
          data={[
            { value: '', label: `${t('knowledge.check')}: ${t('knowledge.anyCheck')}` },
            ...(all.data?.articles ?? []).map(({ name, title }) => ({ value: name, label: pick(title) })),
          ]}
        />
      </Group>
      {knowledge.error ? <ErrorNotice thrown={knowledge.error} onRetry={() => void knowledge.refetch()} /> : null}
      {knowledge.isPending ? <ListSkeleton rows={6} /> : null}
      {found && found.errors.length === 0 && found.articles.length === 0 ? (
        <EmptyNotice icon={IconBook2} title={t('knowledge.emptyTitle')} text={t('knowledge.emptyText')} />
      ) : null}
      {found && found.errors.length + found.articles.length > 0 ? (
        <div className="tw-two">
          <KnownErrors errors={found.errors} />
          <Articles articles={found.articles} />
        </div>
      ) : null}
    </Page>
  )
}
