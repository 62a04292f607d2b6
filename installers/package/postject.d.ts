declare module 'postject' {
  /** Writes `data` into an executable as the named resource and turns the fuse on. */
  export function inject(file: string, resource: string, data: Buffer, options: { sentinelFuse: string }): Promise<void>
}
