// The chunk of a line as a view, of which four or eight bytes are read at a time. On the hot path.

/** A view over the chunk that was asked for last: lines come chunk by chunk. */
export class WordView {
  #chunk: Uint8Array | null = null;
  #view: DataView = new DataView(new ArrayBuffer(0));

  of(bytes: Uint8Array): DataView {
    if (bytes !== this.#chunk) {
      this.#chunk = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.#view;
  }
}
