import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Configuration } from './configuration.ts';

export interface StoredFile {
	/** Bytes. */
	size: number;
	/** SHA-256 of the content, hexadecimal. */
	sha256: string;
}

/** Files by key: `room/kind/id`, segments of letters, digits, `.`, `_`, `-`. A file is there whole or not at all. */
export interface Files {
	put(key: string, content: Readable, options?: { contentType?: string }): Promise<StoredFile>;
	/** @param range first and last byte, both given; the whole file without it. @returns null when there is none */
	get(key: string, range?: { start: number; end: number }): Promise<Readable | null>;
	/** @returns size in bytes, or null when there is none */
	stat(key: string): Promise<{ size: number } | null>;
	/** Harmless when there is none. */
	delete(key: string): Promise<void>;
}

/** A local directory, or an S3 bucket when one is configured. */
export function createFiles(config: Configuration): Files {
	return config.s3 ? createS3Files(config.s3) : createLocalFiles(join(config.dataDir, 'files'));
}

function checkedKey(key: string): string {
	const segments = key.split('/');
	if (!segments.every((segment) => /^[\w][\w.-]*$/.test(segment))) throw new Error(`not a file key: ${key}`);
	return key;
}

/** Passes bytes through and keeps their count and digest. */
function measuring(): { stream: Transform; result(): StoredFile } {
	const hash = createHash('sha256');
	let size = 0;
	const stream = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			hash.update(chunk);
			size += chunk.length;
			done(null, chunk);
		},
	});
	return { stream, result: () => ({ size, sha256: hash.digest('hex') }) };
}

function createLocalFiles(root: string): Files {
	const path = (key: string) => join(root, checkedKey(key));
	return {
		async put(key, content) {
			const target = path(key);
			// A source that fails while the directory is made would have nobody to hear it; the pipeline tells of it later.
			content.on('error', () => {});
			await mkdir(dirname(target), { recursive: true });
			const partial = `${target}.${randomUUID()}.partial`;
			const { stream, result } = measuring();
			try {
				await pipeline(content, stream, createWriteStream(partial, { mode: 0o640 }));
				const handle = await open(partial, 'r+');
				await handle.sync();
				await handle.close();
				await rename(partial, target);
			} catch (error) {
				await rm(partial, { force: true });
				throw error;
			}
			return result();
		},
		async get(key, range) {
			return (await this.stat(key)) ? createReadStream(path(key), range) : null;
		},
		async stat(key) {
			try {
				const { size } = await stat(path(key));
				return { size };
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
				throw error;
			}
		},
		async delete(key) {
			await rm(path(key), { force: true });
		},
	};
}

function createS3Files(s3: NonNullable<Configuration['s3']>): Files {
	// Loaded when used: the client is large and most towns keep files on disk.
	const loaded = import('@aws-sdk/client-s3').then((sdk) => ({
		sdk,
		client: new sdk.S3Client({
			region: s3.region,
			forcePathStyle: true,
			...(s3.endpoint && { endpoint: s3.endpoint }),
			...(s3.accessKeyId &&
				s3.secretAccessKey && {
					credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
				}),
		}),
	}));
	const isAbsent = (error: unknown) =>
		(error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;
	return {
		async put(key, content, options) {
			const { sdk, client } = await loaded;
			const { stream, result } = measuring();
			const chunks: Buffer[] = [];
			await pipeline(content, stream, async (source) => {
				for await (const chunk of source as AsyncIterable<Buffer>) chunks.push(chunk);
			});
			await client.send(
				new sdk.PutObjectCommand({
					Bucket: s3.bucket,
					Key: checkedKey(key),
					Body: Buffer.concat(chunks),
					...(options?.contentType && { ContentType: options.contentType }),
				}),
			);
			return result();
		},
		async get(key, range) {
			const { sdk, client } = await loaded;
			try {
				const { Body } = await client.send(
					new sdk.GetObjectCommand({
						Bucket: s3.bucket,
						Key: checkedKey(key),
						...(range && { Range: `bytes=${range.start}-${range.end}` }),
					}),
				);
				return (Body as Readable | undefined) ?? null;
			} catch (error) {
				if (isAbsent(error)) return null;
				throw error;
			}
		},
		async stat(key) {
			const { sdk, client } = await loaded;
			try {
				const { ContentLength } = await client.send(
					new sdk.HeadObjectCommand({ Bucket: s3.bucket, Key: checkedKey(key) }),
				);
				return { size: ContentLength ?? 0 };
			} catch (error) {
				if (isAbsent(error)) return null;
				throw error;
			}
		},
		async delete(key) {
			const { sdk, client } = await loaded;
			await client.send(new sdk.DeleteObjectCommand({ Bucket: s3.bucket, Key: checkedKey(key) }));
		},
	};
}
