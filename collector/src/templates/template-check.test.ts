import { describe, expect, it } from 'vitest'
import { MANDATORY_FIELDS, RECORD_FIELDS, type RecordField } from './record-fields.ts'
import { sampleRecord } from './sample-record.ts'
import { SHIPPED_TEMPLATES } from './shipped-templates.ts'
import { problemsOfTemplate, problemsOfValue } from './template-check.ts'
import { readTemplate } from './template-engine.ts'

const BODY = SHIPPED_TEMPLATES.body.ru
const told = (text: string, values: object = sampleRecord('ru')) => {
  const { template, problem } = readTemplate(text)
  if (!template) throw new Error(problem.reason.en)
  return template.render(values)
}
const wrong = (text: string, kind: 'title' | 'body' = 'title') =>
  problemsOfTemplate(kind, text, 'ru').map(({ line, reason }) => `${line}: ${reason.ru}`)

describe('what ships', () => {
  it.each([
    ['title', 'ru'],
    ['title', 'en'],
    ['body', 'ru'],
    ['body', 'en'],
  ] as const)('%s %s may be saved as it is', (kind, language) => {
    expect(problemsOfTemplate(kind, SHIPPED_TEMPLATES[kind][language], language)).toEqual([])
  })

  it('R19: says what and since when first, the place next, what is known around it, what to do last, each line with its name', () => {
    expect(told(BODY)).toMatchInlineSnapshot(`
      "Самый старый неотправленный документ от 20.11.2026, всего их 214.
      Критичный инцидент: отмеченный объект
      С какого времени: 20.11.2026 09:10 (UTC+3)
      До остановки: 27 дней, 20.12.2026 09:10, блокировка: чеки не уходят в ОФД 30 дней
      Приоритет: 2 Критический. Касса остановится меньше чем через 30 дней
      Тип обращения: инцидент, сбой, передача в ОФД
      Ожидаемый результат: очередь пуста, обмен идёт 30 минут
      Известная ошибка: №7 ОФД не принимает документы после обновления драйвера
      Обходное решение: вернуть прежнюю версию драйвера
      Что сказать клиенту: перезагрузите компьютер кассы

      Клиент: Клиент из образца
      Юрлицо: ООО «Образец»
      ИНН: 7700000000
      Объект: Объект из образца, Москва
      Рабочее место: Касса 2
      Оборудование: АТОЛ 30Ф 00106700000001
      РНМ: 0000000001234567
      ФН: 9999000000000001
      Компонент: обмен с ОФД
      Версии: iikoFront 9.2.5, Прошивка 5.8.100, Версия драйвера 10.10.1, Версия агента 1.4.0, Операционная система Windows 10

      Показания:
        Не передано в ОФД: 214
        Дата первого непереданного ФД: 20.11.2026 09:10
      Причина: возможно: линия или питание
      Частота: редко: 2 раза за 30 дней (за сутки 0, за 7 дней 1, за 30 дней 2)
      Работало до: 20.11.2026 08:10
      Изменения за 14 дней:
        19.11.2026 09:10 обновление: версия драйвера: 10.9.0 → 10.10.1
      Что уже делали:
        23.11.2026 09:10 внеочередной опрос (дежурный): выполнено
      Часы работы: пн–вс 09:00–22:00
      Касс на объекте: 3
      Доступ: администратор смены
      Удалённый доступ: AnyDesk 123456789
      Не заполнено: порядок доступа не указан
      Источник: система мониторинга, инцидент №128

      Инструкция: Чеки не уходят в ОФД; Договор с ОФД заканчивается
      Что делать:
        1. Интернет на объекте: работает ли он у других касс и программ? Нет — к провайдеру.
        2. Служба передачи на компьютере кассы (EthernetOverUSB, EthernetOverTransport, служба драйвера) запущена? Перезапустите её.
        3. Адрес и порт ОФД в кассе совпадают с данными ОФД? Имя находится (DNS), порт не закрыт сетевым экраном?
        4. Договор с ОФД оплачен, касса в кабинете ОФД активна?
        5. Несколько точек одного ОФД сразу — сбой на стороне ОФД: ждите и сообщите клиентам."
    `)
    expect(told(SHIPPED_TEMPLATES.body.en, sampleRecord('en'))).toMatchInlineSnapshot(`
      "The oldest unsent document is of 2026-11-20; there are 214 of them.
      Critical incident: a marked site
      Since: 2026-11-20 09:10 (UTC+3)
      Time to stop: 27 days, 2026-12-20 09:10, lock: receipts have not reached the OFD for 30 days
      Priority: 2 Critical. The register stops in less than 30 days
      Kind: incident, failure, sending to the OFD
      Expected result: the queue is empty and the exchange works for 30 minutes
      Known error: #7 the OFD takes nothing after a driver update
      Workaround: вернуть прежнюю версию драйвера
      What to tell the client: перезагрузите компьютер кассы

      Client: Клиент из образца
      Legal entity: ООО «Образец»
      INN: 7700000000
      Site: Объект из образца, Москва
      Terminal: Касса 2
      Configuration item: АТОЛ 30Ф 00106700000001
      Registration number: 0000000001234567
      Fiscal drive: 9999000000000001
      Component: exchange with the OFD
      Versions: iikoFront 9.2.5, Firmware 5.8.100, Driver version 10.10.1, Agent version 1.4.0, Operating system Windows 10

      Readings:
        Unsent documents: 214
        First unsent at: 2026-11-20 09:10
      Cause: possibly: the line or power
      Frequency: rarely: 2 times in 30 days (0 in 24 h, 1 in 7 days, 2 in 30 days)
      Good until: 2026-11-20 08:10
      Changes in 14 days:
        2026-11-19 09:10 update: driver version: 10.9.0 → 10.10.1
      Done so far:
        2026-11-23 09:10 poll out of turn (on duty): done
      Opening hours: пн–вс 09:00–22:00
      Registers at the site: 3
      Access: администратор смены
      Remote access: AnyDesk 123456789
      Not filled in: how to get access is not given
      Source: monitoring, incident #128

      Runbook: Receipts do not reach the OFD; The OFD contract ends
      What to do:
        1. Is the site's internet up for other registers and programs? If not, call the provider.
        2. Is the transport service on the till PC (EthernetOverUSB, EthernetOverTransport, the driver's service) running? Restart it.
        3. Do host and port in the register match the OFD's? Does the name resolve, is the port open in the firewall?
        4. Is the OFD contract paid and the register active in the OFD's cabinet?
        5. Several sites of one OFD at once: the OFD is at fault; wait and tell the clients."
    `)
  })

  it('a line of which nobody knows anything is left out with its name', () => {
    const record = {
      ...sampleRecord('ru'),
      time_to_stop: null,
      stops_at: null,
      stop_reason: null,
      client: null,
      related: [],
      done: [],
    }
    const text = told(BODY, record)
    expect(text).not.toContain('До остановки')
    expect(text).not.toContain('Клиент:')
    expect(text).toContain('Изменения за 14 дней: не замечены\nЧто уже делали: ничего\n')
    expect(text).not.toContain('\u0000')
    expect(text).not.toMatch(/\n{3}/)
  })

  it('the sample says something in every field but those that show what is missing', () => {
    const empty = Object.entries(sampleRecord('ru')).filter(([, value]) => value === null || value === '')
    expect(empty.map(([name]) => name)).toEqual(['access'])
    expect(new Set(Object.keys(sampleRecord('en')))).toEqual(new Set(Object.keys(RECORD_FIELDS)))
  })
})

describe('what may not be saved', () => {
  it('a template that cannot be read, with the line', () => {
    expect(wrong('{{ title }}\n{% if site %}{{ site }}')).toEqual(['2: не закрыт тег {% if site %}'])
    expect(wrong('{{ title | shout }}')).toEqual(['1: нет фильтра shout'])
    expect(wrong('{% case kind %}{% endcase %}')).toEqual(['1: нет тега case'])
    expect(problemsOfTemplate('title', '{{ title | shout }}', 'en').map(({ reason }) => reason.en)).toEqual([
      'undefined filter: shout',
    ])
  })

  it('a field that there is not, also in a branch that the sample does not take', () => {
    expect(wrong('{{ title }}\n{% unless title %}{{ tittle }}{% endunless %}')).toEqual([
      '2: нет поля «tittle»; есть: title',
    ])
    expect(wrong('{% for step in done %}{{ step.when }}{% endfor %}')).toEqual(['1: здесь нет значения step.when'])
  })

  it('one that says nothing', () => {
    expect(wrong('{% if client == "x" %}{{ client }}{% endif %}')).toEqual(['1: текст получается пустым'])
  })

  it('R27: a body that leaves out something mandatory, whatever else it says', () => {
    for (const group of MANDATORY_FIELDS) {
      const without = BODY.replaceAll('\n', '\n\n')
        .split('\n')
        .map(line =>
          group.reduce((left, name) => left.replaceAll(new RegExp(`\\b${name}\\b(?=[ ,|])`, 'g'), 'number'), line),
        )
        .join('\n')
      const [name] = group as readonly RecordField[]
      expect(problemsOfTemplate('body', without, 'ru').map(({ reason }) => reason.ru)).toEqual([
        expect.stringContaining(`{{ ${name} }}`),
      ])
    }
  })

  it('a value that is told through a filter or a condition is told', () => {
    const body = BODY.replace('{{ explanation }}', '{{ explanation | upcase | truncate: 20 }}').replace(
      '{{ hours | label: "Часы работы" }}',
      '{% if hours %}Часы: {{ hours }}{% endif %}',
    )
    expect(wrong(body, 'body')).toEqual([])
  })
})

describe('what a template cannot do', () => {
  it.each([
    '{% include "/etc/passwd" %}',
    '{% render "x" %}',
    '{% layout "x" %}',
    '{{ "now" | date: "%Y" }}',
    '{{ done | sample }}',
    '{{ title.constructor }}',
    '{{ __proto__ }}',
    '{% for i in (1..100000000) %}x{% endfor %}',
    '{% capture x %}{{ title }}{% endcapture %}{{ x }}',
    `{{ title }}${' '.repeat(16_000)}`,
  ])('read files, the clock or chance, reach into the program: %#', text => {
    expect(problemsOfValue(text, 'ru')).toHaveLength(1)
  })

  const TOO_MUCH = /слишком (много|длинн)/
  it.each([
    [
      'turns of nested loops, with nothing in them',
      '{% for i in (1..999) %}{% for k in (1..999) %}{% endfor %}{% endfor %}',
    ],
    ['turns of one long loop', '{% for i in (1..4000) %}{% endfor %}'],
    ['a long range', '{% assign a = (1..30000) %}{{ title }}'],
    [
      'a list looked through again and again',
      '{% assign a = (1..4000) %}{% for i in (1..900) %}{% if a contains "x" %}{% endif %}{% endfor %}',
    ],
    [
      'lists compared',
      '{% assign a = (1..4000) %}{% assign b = (1..4000) %}{% for i in (1..900) %}{% if a == b %}{% endif %}{% endfor %}',
    ],
    [
      'many comparisons in one place',
      `{% assign a = (1..4000) %}{% if ${'a contains "x" or '.repeat(20)}title %}{{ title }}{% endif %}`,
    ],
    ['a text that doubles', `{% assign a = title %}${'{% assign a = a | append: a %}'.repeat(30)}{{ a }}`],
    [
      'a list made a text again and again',
      '{% assign a = (1..900) %}{% for i in (1..99) %}{% assign b = a | listed: "" %}{% endfor %}',
    ],
    ['a long text', `{% for i in (1..400) %}${'x'.repeat(1_000)}{% endfor %}`],
  ])('is refused that takes too much work, long before it is felt: %s', (_what, text) => {
    for (const kind of ['title', 'body'] as const) {
      expect(problemsOfTemplate(kind, text, 'ru').map(({ reason }) => reason.ru)).toEqual([
        expect.stringMatching(TOO_MUCH),
      ])
    }
  })

  it('one that was saved has more to work with when an incident has more to say, and what ships has no end', () => {
    const { template } = readTemplate('{% for step in done %}{{ step.text }}{% endfor %}')
    const many = { done: Array.from({ length: 1_500 }, (_, n) => ({ at: '', text: `step ${n}` })) }
    expect(() => template?.render(many, 'trial')).toThrow('too many steps')
    expect(template?.render(many)).toContain('step 1499')
    const endless = { done: Array.from({ length: 9_000 }, (_, n) => ({ at: '', text: `step ${n}` })) }
    expect(() => template?.render(endless)).toThrow('too many steps')
    expect(template?.render(endless, 'shipped')).toContain('step 8999')
  })

  it('a value that looks like a template stays a value', () => {
    const record = { ...sampleRecord('ru'), client: '{{ key }}{% include "x" %}' }
    expect(told('{{ client }}', record)).toBe('{{ key }}{% include "x" %}')
  })
})
