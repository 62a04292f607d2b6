import { Text } from '@mantine/core'
import type { ImportReport } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'

const KINDS = ['client', 'legal_entity', 'site', 'terminal'] as const

function Remarks({ title, tone, lines }: { title: string; tone: 'red' | 'yellow'; lines: ImportReport['problems'] }) {
  if (lines.length === 0) return null
  return (
    <div className="tw-note" data-tone={tone} role={tone === 'red' ? 'alert' : undefined}>
      <Text fw={500} fz="sm">
        {title}
      </Text>
      <ul className="tw-bullets">
        {lines.map(line => (
          <li key={line.where + line.message} className="tw-wrap">
            {line.message} <span className="tw-dim">({line.where})</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What saving would do: created, changed, refused, still missing. */
export function ImportPreview({ report }: { report: ImportReport }) {
  const { t } = useTranslation()
  const kind = (name: string) => {
    const known = KINDS.find(each => each === name)
    return known ? t(`directory.kinds.${known}`) : name
  }
  const nothing = report.created.length + report.updated.length === 0
  return (
    <>
      <Remarks title={t('directory.problems')} tone="red" lines={report.problems} />
      {report.problems.length === 0 ? (
        <div className="tw-note" data-tone="accent" role="status">
          <Text fw={500} fz="sm">
            {t('directory.previewTitle')}
          </Text>
          {nothing ? (
            <Text fz="sm">{t('directory.nothingChanges')}</Text>
          ) : (
            <ul className="tw-bullets">
              {report.created.map(entry => (
                <li key={entry.kind + entry.code}>
                  {t('directory.create')}: {kind(entry.kind)} <b>{entry.code}</b>
                </li>
              ))}
              {report.updated.map(entry => (
                <li key={entry.kind + entry.code}>
                  {t('directory.update')}: {kind(entry.kind)} <b>{entry.code}</b>{' '}
                  <span className="tw-dim">({entry.fields.join(', ')})</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      ) : null}
      <Remarks title={t('directory.gaps')} tone="yellow" lines={report.gaps} />
    </>
  )
}
