import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMountPoint } from '../../src/source/mount-point.ts';

const mountinfo = [
  '600 500 0:50 / / rw,relatime - overlay overlay rw',
  '601 600 254:1 /srv/logs/access.log /var/log/nginx/access.log ro - ext4 /dev/vda1 rw',
  '602 600 254:1 /srv /with\\040space\\134 ro - ext4 /dev/vda1 rw',
  '',
].join('\n');

void test('a file that is mounted by itself is recognised', () => {
  assert.ok(isMountPoint(mountinfo, '/var/log/nginx/access.log'));
  assert.ok(isMountPoint(mountinfo, '/with space\\'));
});

void test('a file in a mounted directory, and the source of a mount, are not', () => {
  assert.ok(!isMountPoint(mountinfo, '/var/log/nginx/error.log'));
  assert.ok(!isMountPoint(mountinfo, '/var/log/nginx'));
  assert.ok(!isMountPoint(mountinfo, '/srv/logs/access.log'));
  assert.ok(!isMountPoint('', '/'));
});
