import { Text } from '@mantine/core'
import type { ImportReport } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { useLanguage } from '../../i18n/i18n.ts'
import { fieldText, kindText, placeText } from './place.ts'

function Remarks({ title, tone, lines }: { title: string; tone: 'red' | 'yellow'; lines: ImportReport['problems'] }) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (lines.length === 0) return null
  return (
    <div className="tw-note" data-tone={tone} role={tone === 'red' ? 'alert' : undefined}>
      <Text fw={500} fz="sm">
        {title}
      </Text>
      <ul className="tw-bullets">
        {lines.map(line => (
          <li key={line.where + line.message.en} className="tw-wrap">
            {line.message[language]} <span className="tw-dim">({placeText(t, line.where)})</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What saving would do: created, changed, refused, still missing. */
export function ImportPreview({ report }: { report: ImportReport }) {
  const { t } = useTranslation()
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
                  {t('directory.create')}: {kindText(t, entry.kind)} <b>{entry.code}</b>
                </li>
              ))}
              {report.updated.map(entry => (
                <li key={entry.kind + entry.code}>
                  {t('directory.update')}: {kindText(t, entry.kind)} <b>{entry.code}</b>{' '}
                  <span className="tw-dim">
                    ({entry.fields.map(field => fieldText(t, field).toLowerCase()).join(', ')})
                  </span>
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
