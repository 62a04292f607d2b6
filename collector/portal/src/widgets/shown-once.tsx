import { Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'

interface ShownOnceProps {
  /** What to do with it, and that it is not shown again. */
  readonly text: string
  readonly value: string
  readonly onDone: () => void
}

/** A link or a secret that the server tells a single time, to be copied now. */
export function ShownOnce({ text, value, onDone }: ShownOnceProps) {
  const { t } = useTranslation()
  return (
    <Stack>
      <Text fz="sm">{text}</Text>
      <Code block className="tw-wrap tw-preline">
        {value}
      </Code>
      <Group justify="flex-end">
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button variant={copied ? 'light' : 'filled'} onClick={copy}>
              {copied ? t('common.copied') : t('common.copy')}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onDone}>
          {t('users.done')}
        </Button>
      </Group>
    </Stack>
  )
}
