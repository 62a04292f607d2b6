/** A form with files as the bytes of a body and the type that names its boundary. */
export async function multipartOf(form: FormData): Promise<{ readonly body: Uint8Array; readonly type: string }> {
  const encoded = new Response(form)
  return {
    body: new Uint8Array(await encoded.arrayBuffer()),
    type: encoded.headers.get('content-type') ?? 'multipart/form-data',
  }
}
