import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

interface PageProps {
  readonly title: string
  readonly intro?: ReactNode
  readonly above?: ReactNode
  readonly actions?: ReactNode
  readonly width?: number
  readonly children: ReactNode
}

/** Heading and room of a page; the title also names the browser's tab. */
export function Page({ title, intro, above, actions, width = 1400, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Tillwatch`
  }, [title])
  return (
    <Stack className="tw-page" gap="lg" maw={width}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className="tw-page-head">
          {above}
          <Title order={1} className="tw-wrap">
            {title}
          </Title>
          {intro ? (
            <Text component="div" c="dimmed" mt={4} maw={720}>
              {intro}
            </Text>
          ) : null}
        </div>
        {actions ? <Group gap="xs">{actions}</Group> : null}
      </Group>
      {children}
    </Stack>
  )
}
