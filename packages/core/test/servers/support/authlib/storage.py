"""What an application keeps for Authlib: clients, codes and tokens, in memory."""

import json
import sys
import time

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, list_to_scope, scope_to_list

port, path = int(sys.argv[1]), sys.argv[2]
issuer = f'http://127.0.0.1:{port}'
USER = {'sub': 'ada', 'name': 'Ada', 'email': 'ada@example.com'}
codes, tokens, devices, approvals, polled, assertions = {}, [], {}, {}, {}, set()


class Client(dict, ClientMixin):
    def get_client_id(self):
        return self['client_id']

    def get_default_redirect_uri(self):
        return self['redirect_uris'][0]

    def get_allowed_scope(self, scope):
        return list_to_scope([one for one in scope_to_list(scope or '') if one in self['scope'].split()])

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri in self['redirect_uris']

    def check_client_secret(self, client_secret):
        return self.get('client_secret') == client_secret

    def check_endpoint_auth_method(self, method, endpoint):
        return self.get('token_endpoint_auth_method', 'client_secret_basic') == method

    def check_response_type(self, response_type):
        return response_type in self.get('response_types', ['code'])

    def check_grant_type(self, grant_type):
        return grant_type in self['grant_types']


class Code(dict, AuthorizationCodeMixin):
    def get_redirect_uri(self):
        return self['redirect_uri']

    def get_scope(self):
        return self['scope']

    def get_nonce(self):
        return self['nonce']

    def get_auth_time(self):
        return self['auth_time']


class Token(dict, TokenMixin):
    def check_client(self, client):
        return self['client_id'] == client.get_client_id()

    def get_scope(self):
        return self['scope']

    def get_expires_in(self):
        return self['expires_in']

    def is_expired(self):
        return self['issued_at'] + self['expires_in'] < time.time()

    def is_revoked(self):
        return self['revoked']


with open(path, encoding='utf-8') as file:
    clients = {one['client_id']: Client(one) for one in json.load(file)['clients']}


def save_token(token, req):
    owner = req.user['sub'] if req.user else None
    tokens.append(Token(token, client_id=req.client.get_client_id(), sub=owner, issued_at=int(time.time()), revoked=False))


def find_token(value, *names):
    return next((one for one in tokens for name in names if one.get(name) == value), None)
