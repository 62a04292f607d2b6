import { Badge, Button, Paper, Text, TextInput, Title } from '@mantine/core'
import type { TemplateField, TemplateLanguage } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../i18n/i18n.ts'

interface TemplateFieldsProps {
  readonly fields: readonly TemplateField[]
  /** Language of the template that is edited: samples are in it. */
  readonly language: TemplateLanguage
  readonly onInsert: (name: string) => void
}

/** What a template may say: every field with its meaning and what it says in the sample. */
export function TemplateFields({ fields, language, onInsert }: TemplateFieldsProps) {
  const { t } = useTranslation()
  const own = useLanguage()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const shown = fields.filter(({ name, about }) => `${name} ${about[own]}`.toLowerCase().includes(wanted))
  return (
    <Paper component="section" aria-label={t('templates.fields')}>
      <Title order={2}>{t('templates.fields')}</Title>
      <Text fz="sm" c="dimmed" mb="sm">
        {t('templates.fieldsHint')}
      </Text>
      <TextInput
        aria-label={t('templates.findField')}
        placeholder={t('templates.findField')}
        value={search}
        onChange={event => setSearch(event.currentTarget.value)}
        mb="sm"
      />
      {shown.length === 0 ? <Text c="dimmed">{t('templates.noField')}</Text> : null}
      <ul className="tw-fields">
        {shown.map(({ name, about, sample, mandatory }) => (
          <li key={name}>
            <Button
              size="compact-sm"
              variant="light"
              ff="monospace"
              fw={500}
              aria-label={t('templates.insert', { name })}
              onClick={() => onInsert(name)}
            >
              {name}
            </Button>
            <span className="tw-wrap">
              {about[own]}{' '}
              {mandatory ? (
                <Badge size="xs" variant="light" tt="none">
                  {t('templates.mandatory')}
                </Badge>
              ) : null}
              {sample[language] ? (
                <Text component="span" display="block" fz="xs" c="dimmed" lineClamp={2}>
                  {sample[language]}
                </Text>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
    </Paper>
  )
}
