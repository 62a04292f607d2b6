import { Anchor, Button, Code, Drawer, Skeleton, Stack, Text } from '@mantine/core'
import { IconBook2 } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../i18n/i18n.ts'
import { useRunbook } from '../../queries.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { type Block, runbookName, runbookOf, type Span } from './runbook-blocks.ts'

type OnOpen = (name: string) => void

function Words({ line, onOpen }: { line: readonly Span[]; onOpen: OnOpen }) {
  return line.map((span, index) => {
    if (span.kind === 'code') return <Code key={index}>{span.text}</Code>
    if (span.kind !== 'runbook') return span.text
    return (
      <Anchor key={index} component="button" type="button" inherit onClick={() => onOpen(span.name)}>
        {span.text}
      </Anchor>
    )
  })
}

function BlockView({ block, onOpen }: { block: Block; onOpen: OnOpen }) {
  if (block.kind === 'paragraph') {
    return (
      <Text>
        <Words line={block.line} onOpen={onOpen} />
      </Text>
    )
  }
  if (block.kind === 'table') {
    return (
      <table className="tw-table tw-runbook-table">
        <tbody>
          {block.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>
                  <Words line={cell} onOpen={onOpen} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    )
  }
  const List = block.kind === 'steps' ? 'ol' : 'ul'
  return (
    <List className="tw-runbook-list">
      {block.lines.map((line, index) => (
        <li key={index}>
          <Words line={line} onOpen={onOpen} />
        </li>
      ))}
    </List>
  )
}

/** What to do about the incident, opened beside it so that both can be read; a runbook leads on to others and back. */
export function Runbook({ path }: { path: string }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const first = runbookName(path)
  const [opened, setOpened] = useState<string | null>(null)
  const runbook = useRunbook(opened)
  const text = runbook.data ? runbookOf(runbook.data.markdown, language) : null
  return (
    <>
      <Button
        mt="md"
        size="sm"
        variant="light"
        leftSection={<IconBook2 size={16} aria-hidden />}
        onClick={() => setOpened(first)}
      >
        {t('incident.runbook')}
      </Button>
      <Drawer
        opened={opened !== null}
        onClose={() => setOpened(null)}
        position="right"
        size={560}
        title={text?.title ?? t('incident.runbook')}
      >
        <Stack gap="md">
          {runbook.isPending ? <Skeleton height={160} /> : null}
          {runbook.error ? <ErrorNotice thrown={runbook.error} onRetry={() => void runbook.refetch()} /> : null}
          {text?.blocks.map((block, index) => (
            <BlockView key={index} block={block} onOpen={setOpened} />
          ))}
          {opened !== null && opened !== first ? (
            <Button variant="default" size="xs" onClick={() => setOpened(first)}>
              {t('incident.runbookBack')}
            </Button>
          ) : null}
        </Stack>
      </Drawer>
    </>
  )
}
