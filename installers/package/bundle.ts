import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/**
 * Bundles the agent with all its libraries into one CommonJS file (a single executable takes no other form) for Node 22 and newer.
 * Returns the files that went in, for the list of licences.
 */
export async function bundleAgent(outfile: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [here('../../agent/src/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    // Names of classes appear in logs and in tests for an error's kind.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    absWorkingDir: here('../..'),
    logLevel: 'error',
    define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
    plugins: [
      {
        name: 'serial-addon',
        setup(plugin) {
          plugin.onResolve({ filter: /^\.\/serialport-bindings$/ }, () => ({ path: here('./serial-binding.ts') }))
        },
      },
    ],
  })
  return Object.keys(metafile.inputs)
}
