import { Button, Group, Paper, SegmentedControl, Stack, Text, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconLock } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  TEMPLATE_KINDS,
  TEMPLATE_LANGUAGES,
  type TemplateKind,
  type TemplateLanguage,
  type TicketTemplatesView,
} from '@tillwatch/shared/api'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../i18n/i18n.ts'
import { useMe } from '../../session.ts'
import { saveTemplate, useTemplatePreview, useTicketTemplates } from '../../template-api.ts'
import { Moment } from '../../widgets/moment.tsx'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'
import { TemplateFields } from './template-fields.tsx'
import { TemplateHistory } from './template-history.tsx'
import { PAUSE_MS, TemplatePreview } from './template-preview.tsx'

type Template = TicketTemplatesView['templates'][number]

/** Whose text is in force, and whether it failed an incident. */
function Standing({ template, changed }: { template: Template; changed: boolean }) {
  const { t } = useTranslation()
  const own = useLanguage()
  const { author, savedAt, failedAt, failure } = template
  return (
    <>
      <Text fz="sm" c="dimmed">
        {author === null ? t('templates.shippedNow') : t('templates.savedBy', { author })}
        {savedAt === null ? null : (
          <>
            {', '}
            <Moment at={savedAt} />
          </>
        )}
        {changed ? ` · ${t('templates.unsaved')}` : null}
      </Text>
      {failedAt === null ? null : (
        <div className="tw-note" data-tone="red" role="status">
          <Text fz="sm" className="tw-wrap">
            {t('templates.failed')} (<Moment at={failedAt} />)
            {failure ? `: ${t('templates.line', { line: failure.line })}: ${failure.reason[own]}` : null}
          </Text>
        </div>
      )}
    </>
  )
}

interface EditorProps {
  readonly template: Template
  readonly fields: TicketTemplatesView['fields']
}

function Editor({ template, fields }: EditorProps) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const { kind, language } = template
  const [text, setText] = useState(template.text)
  const area = useRef<HTMLTextAreaElement>(null)
  const save = useMutation({
    mutationFn: (next: string | null) => saveTemplate(kind, language, next),
    onSuccess: (_, next) => {
      if (next === null) setText(template.shipped)
      notifications.show({ message: t(next === null ? 'templates.restored' : 'templates.saved'), color: 'green' })
      void queryClient.invalidateQueries({ queryKey: ['ticketTemplates'] })
    },
  })
  const insert = (name: string) => {
    const field = area.current
    const [from, to] = field ? [field.selectionStart, field.selectionEnd] : [text.length, text.length]
    const words = `{{ ${name} }}`
    setText(text.slice(0, from) + words + text.slice(to))
    field?.focus()
    requestAnimationFrame(() => field?.setSelectionRange(from + words.length, from + words.length))
  }
  // The preview asks the same of the same words: it is one call.
  const [draft] = useDebouncedValue(text, PAUSE_MS)
  const checked = useTemplatePreview({ kind, language, text: draft, incidentId: null })
  const isWrong = (checked.data?.problems.length ?? 0) > 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(text)
  }
  const isTitle = kind === 'title'
  return (
    <div className="tw-template">
      <Stack>
        <Paper component="form" onSubmit={submit}>
          <Stack gap="sm">
            <Textarea
              ref={area}
              label={t('templates.text')}
              className="tw-code"
              spellCheck={false}
              autosize
              minRows={isTitle ? 2 : 16}
              maxRows={isTitle ? 4 : 34}
              value={text}
              onChange={event => setText(event.currentTarget.value)}
            />
            <Standing template={template} changed={text !== template.text} />
            {save.error ? <ErrorNotice thrown={save.error} /> : null}
            <Group>
              <Button
                type="submit"
                loading={save.isPending}
                disabled={text === template.text || text === '' || isWrong}
              >
                {t('templates.save')}
              </Button>
              {template.author === null && text === template.shipped ? null : (
                <Button
                  variant="default"
                  disabled={save.isPending}
                  onClick={() => (template.author === null ? setText(template.shipped) : save.mutate(null))}
                >
                  {t('templates.restore')}
                </Button>
              )}
            </Group>
          </Stack>
        </Paper>
        <TemplateHistory kind={kind} language={language} onTake={setText} />
      </Stack>
      <Stack>
        <TemplatePreview kind={kind} language={language} text={text} />
        <TemplateFields fields={fields} language={language} onInsert={insert} />
      </Stack>
    </div>
  )
}

/** What a ticket says: title and text in both languages, tried on real incidents while they are written. */
export default function TemplatesPage() {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  const own = useLanguage()
  const [kind, setKind] = useState<TemplateKind>('body')
  const [language, setLanguage] = useState<TemplateLanguage>(own)
  const templates = useTicketTemplates(mayAdminister)
  const template = templates.data?.templates.find(each => each.kind === kind && each.language === language)
  if (!mayAdminister) {
    return (
      <Page title={t('templates.title')}>
        <EmptyNotice
          icon={IconLock}
          title={t('templates.forAdministrators')}
          text={t('templates.forAdministratorsText')}
        />
      </Page>
    )
  }
  return (
    <Page title={t('templates.title')} intro={t('templates.intro')}>
      <Group>
        <SegmentedControl
          aria-label={t('templates.kind')}
          value={kind}
          onChange={value => setKind(TEMPLATE_KINDS.find(each => each === value) ?? 'body')}
          data={TEMPLATE_KINDS.map(each => ({ value: each, label: t(`templates.kinds.${each}`) }))}
        />
        <SegmentedControl
          aria-label={t('templates.language')}
          value={language}
          onChange={value => setLanguage(TEMPLATE_LANGUAGES.find(each => each === value) ?? 'ru')}
          data={TEMPLATE_LANGUAGES.map(each => ({ value: each, label: t(`templates.languages.${each}`) }))}
        />
      </Group>
      {templates.error ? <ErrorNotice thrown={templates.error} onRetry={() => void templates.refetch()} /> : null}
      {templates.isPending ? <ListSkeleton rows={3} height={96} /> : null}
      {template ? (
        <Editor key={`${kind} ${language}`} template={template} fields={templates.data?.fields ?? []} />
      ) : null}
    </Page>
  )
}
