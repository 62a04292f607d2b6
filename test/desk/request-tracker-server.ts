import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../stack/free-port.ts'
import { stopProcess, untilAnswers, webId } from './desk-process.ts'

const APPLICATION = '/usr/share/request-tracker5'
const SERVER = `${APPLICATION}/libexec/rt-server`
const SETUP_MS_MAX = 120_000

/** A running Request Tracker of our own. */
export interface RequestTrackerServer {
  readonly url: string
  /** Token of the connector's account. */
  readonly token: string
  /** Token of a person who may do everything. */
  readonly personToken: string
  readonly queue: string
  /** Another queue with the key field. */
  readonly secondQueue: string
  /** A queue without the key field. */
  readonly bareQueue: string
  /** A queue that the connector's account may not see. */
  readonly closedQueue: string
  /** Login of a person whom tickets can be given to. */
  readonly engineer: string
  /** A group that tickets can be given to. */
  readonly group: string
  /** A queue whose tickets must be taken into work before they are resolved. */
  readonly strictQueue: string
  /** A queue where the connector's account may not write fields. */
  readonly lockedQueue: string
  /** A queue with another field of the same name as the key field. */
  readonly twinQueue: string
  readonly keyField: string
  readonly serialField: string
  /** A field that is on no queue: what is written to it is dropped. */
  readonly orphanField: string
  readonly catalog: string
  /** The field of an asset that holds a serial number. */
  readonly assetField: string
  stop(): Promise<void>
}

/** Why the suite cannot run on this machine; null when it can. */
export function requestTrackerMissing(): string | null {
  if (process.platform !== 'linux') return 'the Debian package of Request Tracker runs on Linux only'
  const parts = [SERVER, '/usr/share/doc/rt5-db-sqlite', '/usr/share/doc/rt5-standalone']
  if (!parts.every(part => existsSync(part))) {
    return 'Debian packages request-tracker5, rt5-db-sqlite, rt5-standalone are not installed'
  }
  return null
}

/** Mail goes nowhere; everything that is written lies in the folder; tokens are checked at every call, by default for 0.4 s of bcrypt. */
const siteConfig = (folder: string, port: number): string => `
$RT::VarPath = '${folder}';
$RT::MasonDataDir = '${folder}/mason';
$RT::MasonSessionDir = '${folder}/sessions';
Set($rtname, 'tillwatch.test');
Set($Organization, 'tillwatch.test');
Set($Timezone, 'Europe/Moscow');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '${folder}/rt.sqlite');
Set($WebDomain, '127.0.0.1');
Set($WebPort, ${port});
Set($WebPath, '');
Set($MailCommand, sub { return 1 });
Set($BcryptCost, 4);
Set($LogToSTDERR, 'error');
Set($LogToSyslog, undef);
Set(%Lifecycles, strict => {
  initial => ['new'], active => ['open'], inactive => ['resolved', 'deleted'],
  defaults => { on_create => 'new' },
  transitions => { '' => ['new'], new => ['open', 'deleted'], open => ['new', 'resolved'], resolved => ['open'], deleted => ['open'] },
  actions => ['new -> open' => { label => 'Open' }, 'open -> resolved' => { label => 'Resolve' }],
});
1;
`

/** The connector's account lives in another time zone than the desk: what it asks must not depend on that. */
const SEED = `
use strict; use warnings;
use lib '${APPLICATION}/lib';
use RT -init;
my $su = RT->SystemUser;
sub made { my ($what, $id, $msg) = @_; die "$what: $msg" unless $id; return $id }
sub queue { my ($name, %more) = @_; my $q = RT::Queue->new($su); made($name, $q->Create(Name => $name, %more)); return $q }
my ($tills, $second, $bare, $closed) = map { queue($_) } qw(Tills Field Archive Secret);
my $strict = queue('Strict', Lifecycle => 'strict');
my ($locked, $twin) = map { queue($_) } qw(Locked Twin);
sub field {
  my ($name, $type, @to) = @_;
  my $cf = RT::CustomField->new($su);
  made($name, $cf->Create(Name => $name, Type => 'FreeformSingle', LookupType => $type));
  made($name, $cf->AddToObject($_)) for @to;
  return $cf;
}
my $ticket = 'RT::Queue-RT::Ticket';
my $key = field('Tillwatch key', $ticket, $tills, $second, $strict, $locked);
field('Tillwatch key', $ticket, $twin);
field('Serial', $ticket, $tills);
field('Orphan', $ticket);
my $catalog = RT::Catalog->new($su);
made('catalog', $catalog->Create(Name => 'Registers'));
field('Serial number', 'RT::Catalog-RT::Asset', $catalog);
sub user {
  my ($name, %more) = @_;
  my $user = RT::User->new($su);
  made($name, $user->Create(Name => $name, EmailAddress => "$name\\@tillwatch.test", Privileged => 1, %more));
  return $user;
}
my $bot = user('tillwatch', RealName => 'Till Watch', Timezone => 'Asia/Vladivostok');
my $engineer = user('engineer', RealName => 'Field Engineer');
my $person = user('person', RealName => 'Desk Person');
made('right', $person->PrincipalObj->GrantRight(Object => RT->System, Right => 'SuperUser'));
for my $q ($tills, $second, $bare, $strict, $locked, $twin) {
  made('right', $bot->PrincipalObj->GrantRight(Object => $q, Right => $_)) for
    qw(SeeQueue ShowTicket ShowTicketComments CreateTicket ModifyTicket CommentOnTicket ReplyToTicket SeeCustomField);
  next if $q == $locked;
  made('right', $bot->PrincipalObj->GrantRight(Object => $q, Right => $_)) for qw(ModifyCustomField SetInitialCustomField);
  made('right', $engineer->PrincipalObj->GrantRight(Object => $q, Right => $_)) for qw(SeeQueue ShowTicket OwnTicket);
}
my $group = RT::Group->new($su);
made('group', $group->CreateUserDefinedGroup(Name => 'Second line'));
made('right', $bot->PrincipalObj->GrantRight(Object => $group, Right => 'SeeGroup'));
made('right', $bot->PrincipalObj->GrantRight(Object => $catalog, Right => $_)) for qw(ShowCatalog ShowAsset ModifyAsset SeeCustomField);
sub token {
  my ($ok, $msg, $secret) = RT::AuthToken->new($su)->Create(Owner => $_[0]->Id, Description => 'test');
  made('token', $ok, $msg);
  return $secret;
}
made('scrip', RT::Scrip->new($su)->Create(
  Queue => $tills->Id, Description => 'Calls', Template => 'Blank', Stage => 'TransactionBatch',
  ScripCondition => 'On Transaction', ScripAction => 'User Defined',
  CustomPrepareCode => 'return 1;', CustomCommitCode => $ENV{SCRIP},
)) if $ENV{SCRIP};
open my $out, '>', $ENV{OUT} or die $!;
print $out JSON::encode_json({ token => token($bot), personToken => token($person) });
close $out or die $!;
`

/**
 * Starts the Debian package of Request Tracker on loopback with a database and settings in a folder of its own, by the package's own
 * switches: what is installed is not touched, and two runs do not meet. About ten seconds. `scrip`: Perl that runs once for all that somebody
 * changes in a ticket of the first queue.
 */
export async function startRequestTracker(scrip = ''): Promise<RequestTrackerServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tillwatch-rt-'))
  const port = await freePort()
  const files = { site: join(folder, 'site.pm'), seed: join(folder, 'seed.pl'), out: join(folder, 'seeded.json') }
  for (const each of ['', 'conf.d', 'mason', 'sessions']) mkdirSync(join(folder, each), { recursive: true })
  writeFileSync(files.site, siteConfig(folder, port))
  writeFileSync(files.seed, SEED)
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    TMPDIR: folder,
    RT_SITE_CONFIG: files.site,
    RT_SITE_CONFIG_DIR: join(folder, 'conf.d'),
    OUT: files.out,
    SCRIP: scrip,
  }
  const asUser = { cwd: folder, env, ...webUser(folder), stdio: ['ignore', 'ignore', 'inherit'] as const }
  const run = (program: string, args: readonly string[]) =>
    execFileSync(program, args, { ...asUser, stdio: 'pipe', timeout: SETUP_MS_MAX })
  run('/usr/sbin/rt-setup-database-5', ['--action', 'init', '--skip-create'])
  run('perl', [files.seed])
  const args = ['--server', 'Starlet', '--host', '127.0.0.1', '--port', String(port), '--max-workers', '2']
  const server = spawn(SERVER, args, { ...asUser, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    await stopProcess(server)
    rmSync(folder, { recursive: true, force: true })
  }
  const seeded = JSON.parse(readFileSync(files.out, 'utf8')) as { token: string; personToken: string }
  try {
    await untilAnswers(`${url}/REST/2.0/rt`, { authorization: `token ${seeded.token}` }, server)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    ...seeded,
    ...{ queue: 'Tills', secondQueue: 'Field', bareQueue: 'Archive', closedQueue: 'Secret', engineer: 'engineer' },
    ...{ strictQueue: 'Strict', lockedQueue: 'Locked', twinQueue: 'Twin', group: 'Second line' },
    ...{ keyField: 'Tillwatch key', serialField: 'Serial', orphanField: 'Orphan' },
    ...{ catalog: 'Registers', assetField: 'Serial number' },
    stop,
  }
}

/** Root hands the folder to the account of web applications; anybody else runs it as himself. */
function webUser(folder: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = [webId('-u'), webId('-g')]
  chmodSync(folder, 0o755)
  for (const each of ['', 'conf.d', 'mason', 'sessions', 'site.pm', 'seed.pl']) chownSync(join(folder, each), uid, gid)
  return { uid, gid }
}
