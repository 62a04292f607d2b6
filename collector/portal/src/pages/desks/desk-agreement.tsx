import { Button, Text } from '@mantine/core'
import { DESK_FINDINGS, type DeskAgreement } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { useConfirmDesk } from '../../desk-queries.ts'
import { useMe } from '../../session.ts'
import { Ago } from '../../widgets/moment.tsx'
import { ErrorNotice } from '../../widgets/notice.tsx'

/** Tickets of another address than the desk has now, and the word that its numbers are the same there. */
function Elsewhere({ desk, count }: { desk: string; count: number }) {
  const { t } = useTranslation()
  const { mayAdminister } = useMe()
  const confirm = useConfirmDesk(desk)
  return (
    <div className="tw-note tw-note-after" data-tone="red">
      <Text fz="sm">{t('deskAgreement.elsewhere', { count })}</Text>
      <Text fz="sm">{t('deskAgreement.elsewhereNext')}</Text>
      {mayAdminister ? (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          loading={confirm.isPending}
          onClick={() => confirm.mutate()}
          aria-label={`${t('deskAgreement.confirm')}: ${desk}`}
        >
          {t('deskAgreement.confirm')}
        </Button>
      ) : null}
      {confirm.error ? <ErrorNotice thrown={confirm.error} /> : null}
    </div>
  )
}

/** How the tickets in a desk and the incidents agree. */
export function DeskAgreementLines({ agreement }: { agreement: DeskAgreement }) {
  const { t } = useTranslation()
  const { desk, comparedAt, found, elsewhere, leftThere, repaired } = agreement
  const sorts = DESK_FINDINGS.filter(sort => found[sort])
  return (
    <>
      {elsewhere > 0 ? <Elsewhere desk={desk} count={elsewhere} /> : null}
      {comparedAt === null ? null : (
        <Text fz="sm" c="dimmed" mt="xs">
          {t('deskAgreement.compared')} <Ago at={comparedAt} />
          {sorts.length === 0 ? `: ${t('deskAgreement.agrees')}` : null}
          {repaired > 0 ? `; ${t('deskAgreement.repaired', { count: repaired })}` : null}
          {leftThere > 0 ? `; ${t('deskAgreement.leftThere', { count: leftThere })}` : null}
        </Text>
      )}
      {sorts.length > 0 ? (
        <div className="tw-note tw-note-after">
          {sorts.map(sort => (
            <Text key={sort} fz="sm">
              {t(`deskAgreement.found.${sort}`, { count: found[sort] ?? 0 })}
            </Text>
          ))}
        </div>
      ) : null}
    </>
  )
}
