import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { Brand } from '../../widgets/brand.tsx'
import { LanguageSwitch } from '../../widgets/preferences.tsx'

/** Frame of the pages that stand before the portal: login and invitation. */
export function CredentialsCard({ title, intro, children }: { title: string; intro: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Tillwatch`
  }, [title])
  return (
    <main className="tw-alone">
      <Stack w="100%" maw={400} gap="lg">
        <Group justify="space-between">
          <Brand />
          <LanguageSwitch />
        </Group>
        <Paper p="xl" radius="lg">
          <Title order={1}>{title}</Title>
          <Text c="dimmed" fz="sm" mt={4} mb="lg">
            {intro}
          </Text>
          {children}
        </Paper>
      </Stack>
    </main>
  )
}
