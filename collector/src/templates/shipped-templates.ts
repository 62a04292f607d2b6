import type { TemplateKind, TemplateLanguage } from '@tillwatch/shared/api'

const BODY_RU = `{{ explanation }}
{{ critical | label: "Критичный инцидент" }}
{{ since | label: "С какого времени" }}
{{ time_to_stop | with: stops_at | with: stop_reason | label: "До остановки" }}
Приоритет: {{ priority }}. {{ priority_reason }}
Тип обращения: {{ kind }}, {{ type }}, {{ category }}
{{ expected | label: "Ожидаемый результат" }}
{{ known_error | label: "Известная ошибка" }}
{{ workaround | label: "Обходное решение" }}
{{ client_hint | label: "Что сказать клиенту" }}

{{ client | label: "Клиент" }}
{{ legal_entity | label: "Юрлицо" }}
{{ inn | label: "ИНН" }}
{{ site | with: address | label: "Объект" }}
{{ terminal | label: "Рабочее место" }}
{{ ci | label: "Оборудование" }}
{{ registration_number | label: "РНМ" }}
{{ fiscal_drive | label: "ФН" }}
{{ component | label: "Компонент" }}
{{ versions | listed | label: "Версии" }}

{{ readings | lines | label: "Показания" }}
{{ likely_causes | listed: "; " | label: "Причина" }}
{{ frequency | label: "Частота" }}
{{ good_until | label: "Работало до" }}
{{ related | lines | default: "не замечены" | label: "Изменения за 14 дней" }}
{{ done | lines | default: "ничего" | label: "Что уже делали" }}
{{ hours | label: "Часы работы" }}
{{ registers | label: "Касс на объекте" }}
{{ access | with: contact, "; " | label: "Доступ" }}
{{ remote_access | listed | label: "Удалённый доступ" }}
{{ gaps | listed: "; " | label: "Не заполнено" }}
Источник: {{ source }}, инцидент №{{ number }}

{{ runbook | with: known_error_runbook, "; " | label: "Инструкция" }}
{{ runbook_steps | lines | label: "Что делать" }}
`

const BODY_EN = `{{ explanation }}
{{ critical | label: "Critical incident" }}
{{ since | label: "Since" }}
{{ time_to_stop | with: stops_at | with: stop_reason | label: "Time to stop" }}
Priority: {{ priority }}. {{ priority_reason }}
Kind: {{ kind }}, {{ type }}, {{ category }}
{{ expected | label: "Expected result" }}
{{ known_error | label: "Known error" }}
{{ workaround | label: "Workaround" }}
{{ client_hint | label: "What to tell the client" }}

{{ client | label: "Client" }}
{{ legal_entity | label: "Legal entity" }}
{{ inn | label: "INN" }}
{{ site | with: address | label: "Site" }}
{{ terminal | label: "Terminal" }}
{{ ci | label: "Configuration item" }}
{{ registration_number | label: "Registration number" }}
{{ fiscal_drive | label: "Fiscal drive" }}
{{ component | label: "Component" }}
{{ versions | listed | label: "Versions" }}

{{ readings | lines | label: "Readings" }}
{{ likely_causes | listed: "; " | label: "Cause" }}
{{ frequency | label: "Frequency" }}
{{ good_until | label: "Good until" }}
{{ related | lines | default: "none seen" | label: "Changes in 14 days" }}
{{ done | lines | default: "nothing" | label: "Done so far" }}
{{ hours | label: "Opening hours" }}
{{ registers | label: "Registers at the site" }}
{{ access | with: contact, "; " | label: "Access" }}
{{ remote_access | listed | label: "Remote access" }}
{{ gaps | listed: "; " | label: "Not filled in" }}
Source: {{ source }}, incident #{{ number }}

{{ runbook | with: known_error_runbook, "; " | label: "Runbook" }}
{{ runbook_steps | lines | label: "What to do" }}
`

/**
 * Templates in force until a tenant writes its own: the short part first, the place next, what is known around it, and what to
 * do step by step last. Order and contents
 * of the incident record of the iiko9000 service standard.
 */
export const SHIPPED_TEMPLATES: Readonly<Record<TemplateKind, Readonly<Record<TemplateLanguage, string>>>> = {
  title: { ru: '{{ title }}', en: '{{ title }}' },
  body: { ru: BODY_RU, en: BODY_EN },
}
