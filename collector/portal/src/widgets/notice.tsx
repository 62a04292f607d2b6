import { Alert, Button, Group, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconAlertTriangle, IconRefresh, type TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../api-client.ts'
import { useLanguage } from '../i18n/i18n.ts'
import { problemText } from '../problem-text.ts'

interface EmptyNoticeProps {
  readonly icon: TablerIcon
  readonly title: string
  readonly text: string
  readonly detail?: string
  readonly action?: ReactNode
}

/** Says why there is nothing to see and what to do next. */
export function EmptyNotice({ icon: Icon, title, text, detail, action }: EmptyNoticeProps) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon size={56} radius={28} className="tw-empty-icon">
        <Icon size={28} stroke={1.5} aria-hidden />
      </ThemeIcon>
      <Text fw={600} fz="lg" mt="xs">
        {title}
      </Text>
      <Text c="dimmed" maw={460}>
        {text}
      </Text>
      {detail ? (
        <Text c="dimmed" fz="sm" ff="monospace" maw={460} className="tw-wrap">
          {detail}
        </Text>
      ) : null}
      {action ? <Group mt="sm">{action}</Group> : null}
    </Stack>
  )
}

interface ErrorNoticeProps {
  readonly thrown: unknown
  readonly onRetry?: () => void
  readonly as?: Parameters<typeof problemText>[3]
}

/** Says what failed, in the server's words too, what to do, and offers to try again. */
export function ErrorNotice({ thrown, onRetry, as }: ErrorNoticeProps) {
  const { t } = useTranslation()
  const { title, detail, nextStep } = problemText(t, useLanguage(), thrown, as)
  const fields = thrown instanceof ApiProblem ? thrown.fields : []
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={title}
      role="alert"
      className="tw-error"
    >
      {detail ? <Text fz="sm">{detail}</Text> : null}
      {fields.length > 0 ? (
        <ul className="tw-bullets">
          {fields.map(field => (
            <li key={field.path + field.message} className="tw-wrap">
              <b>{field.path}</b>: {field.message}
            </li>
          ))}
        </ul>
      ) : null}
      <Text fz="sm">{nextStep}</Text>
      {onRetry ? (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          onClick={onRetry}
        >
          {t('common.retry')}
        </Button>
      ) : null}
    </Alert>
  )
}
