<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name />
  <message>
   <source>&amp;Edit</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;File</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Help</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;Request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>&amp;View</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'retry:' takes decimal digits and nothing else: milliseconds.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{entry}' does not say how to resolve a name.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{entry}' sets nothing.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{form}' is no part of a form.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{given}' is not UTF-8 text.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{host}' is not a host name.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{line}' is not a header.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{method}' is not a method.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{name}' cannot be a dialect's name.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{name}' is not a header's name.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{path}' is not a JSONPath: {reason}, at character {at}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{scheme}' is not a scheme that can be called.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{text}' is not a URL that can be called.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>'{text}' is not a regular expression: {reason}{at}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>(t(c[i]) − t(c[i−1])) ÷ tokens in c[i]</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>(t(cm) − t(c1)) ÷ (n − n1), n = {n}, n1 = {first}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>, asking for what comes after event {id}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>, at character {n}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>, {frames} frames of the client</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>1 second</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>1 ÷ time for one token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>40 ms is TCP's delayed acknowledgement: the server should set TCP_NODELAY.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>; the answer names {headers}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A URL and a service are both given.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A URL looks like https://host:port/path.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A WebSocket handshake has no body.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A backslash in front takes a sign as it is.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A body and a form are both given.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A buffering proxy on the way: switch its buffering off (nginx: 'X-Accel-Buffering: no').</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A captured body has no times: timing is unknown.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A character was split between two reads.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A content filter, the server's own batching or a proxy releases them in blocks.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A dialect says where the text is.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A draft is a YAML file such as Streamscope writes it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A firewall or a missing route may swallow it: from outside a VPC its addresses cannot be reached.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A gateway got no good answer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A gateway waited too long for the model.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A gateway's time limit, a crash of the model or a proxy on the way may have cut it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A header is written 'Name: value'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A line of the event stream is ignored by the rules: {line}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A long prompt, a queue, or a model that is being loaded.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A message came in {n} fragments.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A message has {size} bytes; many programs take 1,048,576 at most.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A message of {size} bytes came in {n} frames of 64 KB: the gateway splits larger ones.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A name of a VPC is known only inside it: name the endpoint's address in the workspace, or with --resolve {host}:{port}:ADDRESS. Otherwise check the spelling and the network.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A parameter is wrong.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A part of the events is printed as events.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A path begins with $ and goes on like $.choices[0].delta.content.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A ping was answered after {span}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A ping was never answered.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A ping, and a close reason, have 125 bytes at most; not every close code may be sent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A proxy may have broken it, or an error came without 'data:' in front.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A proxy of the kind '{scheme}' cannot be used.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A proxy on the way may have changed the type or the body.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A quota is used up.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A reconnection time is ignored, since it is no number: {line}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A service of this name exists already.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A text message must be UTF-8.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A user and a password do not belong into a URL: it is shown and kept.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>AK/SK signature</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>API key</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>About Streamscope</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Access key (AK)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Access matrix</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Access to this API is denied.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Account</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Add --text JSONPATH.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Address</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Addresses by hand</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>After the last token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>All content came in one read: the times say when it arrived, not when it was made.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Amazon Bedrock Converse</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>An alias or a router may stand between: check that this is the model that is meant.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>An embedded platform on this machine, to try everything offline.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>An event stream was asked for, but {type} came.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>An event was sent again, or the stream was resumed too early: it may be counted twice.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>An event was sent again: text assembled from both holds it twice.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>An event's id is ignored, since it holds a NUL character.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Answer beside or below</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Answer pings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Anthropic messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Any URL is a service: an OpenAI-compatible server, a container, a gateway.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>App code</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>App signature</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>AppKey</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>AppKey alone</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>AppKey or AppSecret is wrong.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>AppSecret</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask for fewer tokens, or raise the service's timeout.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask for fewer tokens, stream, or add instances.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask for fewer tokens, use WebSocket, or a service of the new generation with its own limit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask for less, or stream.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask for less, send less at once, or look at the model's logs.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask for less, stream, or look at the model's logs.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask for the permission, or use the account of the service's owner.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask its owner to release it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask the account's administrator for it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask the service's owner for the permission.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask without compression where times matter: send the header 'Accept-Encoding: identity'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ask without compression: send the header 'Accept-Encoding: identity'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Automatic pongs are switched off, or this program was too slow: the server may close.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Basic</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Bearer token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Between messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Between reads</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Between reads with content</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Between tokens</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Bind the App to the service in its authorisation.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Bind the App to the service.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Bind the key to the service.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Browsers and many clients refuse it: the server must say 'Content-Type: text/event-stream'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Bursts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Bytes received</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Bytes received for one of text</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Calls the URL that you type.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Canonical request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check account '{domain}', user '{user}' and the password; a HUAWEI ID needs an IAM user of its own.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check host and port, and whether the service is running.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check host and port: another kind of server may listen there.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check host, port and network.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check its permissions and that it is text.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check method and headers: names and values must not hold line breaks or other controls.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check path, headers and body.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check path, headers and body; a copied request may hold control characters.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check query and headers.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check region, project and the permission modelarts:service:list.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check scheme and port; a server may want another TLS version or a client certificate.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check subprotocols and extensions; a proxy on the way may have changed the answer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check that it is there, that you may read it, and that it is whole.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check that the folder is whole and may be read.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the API key.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the App's credentials, and that the address is the App's row.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the access key (AK); an App's key belongs to the App address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the credential of the handshake, or of the first message.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the key.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the network; addresses of a VPC can be reached only from inside it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the path (a missing or a trailing slash counts), the row (App authentication has an address of its own), the region and the method (POST is usual).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the path behind the address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the path, and whether a proxy on the way lets WebSocket through.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the permission and the account.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the permission of who signed in.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the project '{project}' and the identity service's address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the project: it may be frozen, or of another region.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the proxy's address and its user and password.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the proxy's address, and whether it may connect to this host.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the proxy's address, or call without it: --proxy none.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the request line, the headers and the body.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the scheme (http or https) and whether the service is up.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check the scheme: a port for https:// may do so when it is called with http://.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check which authentication this row of address takes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Check which one this address takes, and its values.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose WebSocket where HTTPS was refused, or the reverse.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose a higher version.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose a service, or give a URL and the channel 'address'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose another name.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose another one, or 0 for any that is free.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose no authentication, or send it all the same.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the API key.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the IAM token.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the authentication</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the authentication 'basic' and give them there.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the channel</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the environment</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the protocol</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the protocol that the message names.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose the protocol that the service speaks (HTTP or WebSocket, with or without TLS).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Clients of this service must raise their limit, or they close with 1009.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Close other streams or programs; the times of socket reads suffer least.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Close request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Close the answer in front</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Close window</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Closed with {code} ({name}): {reason}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Cohere chat</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Collections</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Compare the gateway's canonical request in its answer with the one in the Headers tab.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Compare with the model's own interface.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Complete</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Compression</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Compression of frames</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Connect again in a moment.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Connecting</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy AppKey and AppSecret again; the path, the query and the body must be signed as they are sent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy as cURL</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy both again from the App's page.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy both again from the account's access keys.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy the App address of the service again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy the AppCode again, and check that the address is the App's row.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy the AppKey again, and check that the address is the App's row.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy the answer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy the whole address of the service again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Credentials…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Delay before sending</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Delete what is not needed, or raise the quota.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Deploy with the protocol that the container speaks.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Did you mean '{word}'?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Duplicate request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Each event ends with a blank line, the last one, too.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Empty: the key alone is sent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ended early</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Endpoint address</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Entries</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Entries are counted from 1.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Environments…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Error</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Event streams end lines at CR and LF only; a program that cuts at U+2028 or U+0085 breaks them.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Events came out of order or once more: what was assembled may be mixed up.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Events were lost on the way or never sent: what was assembled may have holes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Fetch a new token before calls that matter; a copied one must be replaced by hand.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Fetch it with the project as its scope.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Fetch it with the project of the service's region as its scope.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Fill them in, keep them in the keyring, set {variable}, or use --set {field}=VALUE (--set {field}=@- reads it from standard input).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Find a request…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Find anything…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Find in this pane</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Findings</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First byte</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First event</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First token since the request was out</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First visible text</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>For example cn-north-4.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>For the bare body of an answer (event stream, JSON) add --raw.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Free some space on the disk.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Free some space or choose another profile with --profile DIR.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Gateway knows no such API: path, row of address or method do not fit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Gemini Live</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Gemini generated content</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Gemini interactions</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Gets a token with the password, keeps it for its 24 hours, renews it once when it is refused.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Give a URL, or --service NAME.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Give a body with -d, or --protocol websocket.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Give it more time, or ask for less.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Give one in the field 'iam', or choose a workspace that knows it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Give one of them as a file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Give one of them; --path goes behind either.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Go to request {number}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Go to the address</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Go to the last request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>HAR</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>HTTP/2</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>HTTPS</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>History</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>IAM address</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>IAM token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>IAM user</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>IP of the VPC endpoint, for its private names.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>IP of the VPC endpoint, where its private name does not resolve here.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>If you know this server, trust its certificate for this workspace, name a file with its authority, or skip the check for this call.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Instead of a stream an error came under status {n}: {error}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It ended without a close frame: a crash, a proxy or a time limit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It has: {channels}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It is 'Bearer', a blank and the key.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It is allowed, but many clients show each event only when the next one comes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It is allowed: a client must wait for the last frame before it reads the message.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It is allowed: a frame is not a message.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It is allowed; two programs write into this stream, such as a model and a proxy.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It may be cut off, or edited by hand: export it again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It may have been cut off.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It may speak plain HTTP on that port: try http:// (ws://).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It may speak plain HTTP: try http:// instead of https:// (ws:// instead of wss://).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It must be a file of certificates in PEM form.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It names {subject}, was issued by {issuer}, is valid until {until}; its SHA-256 fingerprint is {mark}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It never had a connection: look at it with 'inspect'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>It wants a user and a password: http://user:password@host:port.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Its SHA-256 fingerprint is {mark}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Its file may have been cut or overwritten.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>JSON lines</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>JSON that is none</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keep-alives</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Kept as typed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Kept connection</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Known are: {names}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Known are: {words}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Last token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Leave --output out, or name events.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Lines of the stream end in different ways.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Lines of the stream end with a bare carriage return.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>List the Apps again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>List the models again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>List the services again: it may have been deleted.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Look at the body: something else may have answered, or the server sets the type for all.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Look at the model's logs and instances; slow down.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Look at the model's logs.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Look at the model's logs; it may also be a ping that went unanswered.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Look at the model: a long queue, a tool that is waited for, or memory that ran out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Look at the service's state and instances.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Look at the service's state.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Look at the service's state; start it again where it moved.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Look for a value pasted twice; a token is some kilobytes long.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Management address</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Many APIs stream only where the body says so: "stream": true.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mend the model's errors and send less; it opens again in a moment.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages are compressed: {wire} bytes on the wire held {size}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages are for the protocol 'websocket'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages both ways on one open connection.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages came in bursts: {n} of {all} shared their read with others.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages came in steps of {ms} ms, {n} at a time.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages in one read</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages with content</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Mistral conversations</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Model Context Protocol</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Model services usually take POST.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>ModelArts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>ModelArts classic prediction</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Most content shares its read with other: look at the gaps between reads.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Move parameters into the body.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name lookup</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Name or id; the region's own where empty.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nearly all of {n} messages came at once, {span} after the request{signs}: something held the stream back.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New window</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Next pane</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Next request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No AppSecret was given: the key is sent unsigned, as 'apikey'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No connection</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No connection to the proxy {place}: {message}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No connection to {place}: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No free connection to {place} in time.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No instance of the service is available.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No route leads to {place}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No server should send this code.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No token came for {span}, but {n} keep-alives: the server lives, the model stood still.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No usage came: messages with content are counted, and one may hold several tokens or a part of one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>None</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>None of {kinds} has a field '{key}'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing came for {span}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing is added to the request.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing is lost. A server whose idle time is longer than its gateway's avoids it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing is wrong here; clients that decode each piece by itself would show broken text.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing listens at {place}: the connection was refused.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Off shows what a server does with a client that went silent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Offer compression</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Offered when TLS is agreed on; over plain HTTP it is spoken at once (RFC 9113, section 3.3).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Often an authentication or quota that the model itself checks.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ollama</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>On this channel nothing checks the authentication: it is sent all the same.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>One a line: NAME URL, or just the URL.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>One header is over 32 KB, or all are over 128 KB.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>One request, one whole answer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>One request, then each event as it comes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>One side wrote wrong frames.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only -d takes bytes as they are; in a URL write them as %XX.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only where it is not the region's own.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Only with a temporary key.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open a collection folder…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>OpenAI Realtime</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>OpenAI Responses</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>OpenAI chat completions</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>OpenAI completions</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Other clients lose it: the server wrote it without 'data:' in front.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Outcome</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Output</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Password</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ping round trip</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Pings are for the protocol 'websocket'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Port {port} cannot be had: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Preview what will leave</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Previous pane</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Previous request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Project</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Project id</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Proxy</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Public network</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Quit</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Raw payloads</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Read the body: it often names the field.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Read the message, and look at the service's state.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Read the message: it names the parameter.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Read the service's logs.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Read the services again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reading the model's answer timed out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reads brought {n} bytes on average.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Real-time services of a region and project, old and new generation.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reasoning was counted but not shown: the time for one token is smaller than a reader sees.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Region</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Reopen closed request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>SGLang generate</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sandbox</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Save</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Save as…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Secret key (SK)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Security token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send again. The model's server should keep idle connections longer than the gateway (--keep-alive).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send again: a new token is fetched. A token copied by hand must be replaced.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send it with --binary.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send keep-alives from the model, or raise the proxy's read timeout (nginx, load balancer).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send less, or raise the service's request size limit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send less.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send less; a file may be passed by address instead.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send messages with -m TEXT, -m @FILE or -m -.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send rate_limit with it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send smaller messages.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sending</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sends the code of an App in a header; it never expires by itself.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sends the key as a bearer in the Authorization header.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sends the token in the Authorization header.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sends user name and password in the Authorization header.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Separated by commas, the best one first.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sequence number</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Server-Sent Events</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Server: loading the model</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Server: queue</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Server: reading the prompt</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Server: total</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Server: writing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Services</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Set the Content-Type that the model reads.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Set the clock: signatures are refused beyond 15 minutes, and tokens seem expired.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Set this machine's clock, or leave the X-Sdk-Date header to Streamscope.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Settings…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Shortcuts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Show or hide the sidebar</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sign in with the account and project of the service's owner.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sign in with the account of its owner.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Signs in with</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Signs method, host, path, query, headers and body; bodies up to 12 MB.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Signs with AppKey and AppSecret; with the key alone, sends it as 'apikey'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Slow down, or raise its limit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Slow down, or raise the limit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Slow down.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Socket reads</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Something between the gateway and the model failed.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Something collects them for a fixed time before it sends.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Something went wrong inside of Streamscope: {error}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Speed end to end</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Speed for one user</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stalls</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Standard input is asked for twice.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Start it by hand to see why: streamscope sandbox.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Start the service, then call again; a restarted one may have a new address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stop</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stopped</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Straight to the instance, past the platform: nothing checks the authentication.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stream, send keep-alives, or go around the content delivery network.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>String to sign</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Subprotocols</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Subscribe to it, or call a service of the account's own.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>TLS</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>TLS failure</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Take the whole token of this region's identity service, without a line break.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Take the whole token, without a line break.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Text</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Text Generation Inference</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Text messages must be UTF-8.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The API is published for another protocol.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The API key is not bound to this service.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The App is frozen.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The App is not authorised for this service.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The App is not bound to this service.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The App may not be used from this address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The App's quota is used up.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The App's signature does not match: a wrong AppSecret, or something changed on the way.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The Authorization header has another form.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The Authorization header is missing.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The CA file '{path}' cannot be read.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The HAR file cannot be read: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The HAR file {path} has no entries.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The TLS handshake with {host} failed: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The URI is over 32 KB.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The URI is too long.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The WebSocket handshake's answer breaks the rules: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The access key does not exist.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The access key is locked for five minutes after more than five failures.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The access key or its secret is wrong.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The account has not subscribed to this API.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The account's name (domain).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The address has another form: it is /v1/infers/, the service's id and the model's own path.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The address names no service.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The answer reports an error under status {n}: {error}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The answer's id changes inside of the stream: {before}, then {name}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The authentication '{auth}' lacks: {fields}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The authentication is wrong for this address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The authentication used for listing.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The authentication was refused.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The blank line between two events is missing, or the server writes several objects into one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The body has {size} bytes; with {auth} the platform takes {limit} at most.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The body is an event stream, but its type says {type}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The body is over the gateway's 12 MB.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The body is over this service's limit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The body is too large.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The body of {place} cannot be decoded as its Content-Encoding says.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The call goes on; what was saved so far can be inspected.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The call took longer than the {seconds} s that it was given.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The certificate of {host} is not trusted: {reason}. {seen}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The channel '{channel}' needs a service.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The check of the Authorization header failed.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The connection ended before the body did, but after the stream's end mark.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The connection ended in the middle of the body, after {came}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The connection to the model timed out.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The connection to the service timed out or was not taken.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The connection to {place} was reset before an answer came.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The connection to {place} was reset in the middle of the answer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The content type is not taken.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The dialect {name} in {file} cannot be read: {reason}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The encrypted connection broke.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The end mark came, but no reason why the model finished ({dialect}).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The event's id</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The file has no answer to this request.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The file has {count} entries; this is the first. --entry N picks another.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The file holds no event that can be read.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The file {path} cannot be read.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The file {path} cannot be read: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The file {path} cannot be written.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The file {path} cannot be written: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The file {path} is empty.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The file {path} is no recording, no JSON lines of events and no HAR file.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The file's own words; it tells no more.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The first token took {span}, as long as all the rest or longer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway cannot read the request.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway cannot resolve the service's own name.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway cannot take this request.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway could not load the API's configuration.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway does not accept this IAM authentication.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway does not know this machine's address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway failed inside.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway knows no such App: the AppCode is wrong.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway knows no such App: the AppKey is wrong.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway knows no such App: wrong code, key or secret.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The gateway met something unexpected.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The id {id} came again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The identity service does not answer the gateway.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The identity service refused the sign-in ({status}): {message}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The identity service's answer is no token.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The key in the Authorization header is wrong.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The message is not UTF-8: {place} begins no character.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The method is not allowed here.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model closed the connection or is not there: often its server ends idle connections first.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model did not answer in time (40 s).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model did not answer in time or closed the connection.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model did not answer in time; it may be starting again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model did not answer within the gateway's time (40 s).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model does not take these fields.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model finished ({reason}), but the end mark never came ({dialect}).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model is still being published.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model may be slow or stuck; a longer wait can be set in the draft's limits.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model or something on the way may have given up: the text may be incomplete.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model or the platform failed.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model refuses connections.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model speaks another protocol than the service says (HTTP, not HTTPS).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model stood still, or something on the way held the stream back.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model's name changes inside of the stream: {before}, then {name}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model's own code failed on this input.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model's process may have ended, or something on the way cut the connection.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The model's process, a proxy or a time limit may have cut it; compare with the server's log.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The name {host} does not resolve to an address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The parameters do not fit the API.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The payload is no JSON: {cause} (character {at}: …{around}…)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The platform protects itself: the model answered too many requests with errors.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The platform refused to list services ({status}): {told}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The profile {folder} cannot be written: nothing will be kept.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The project in the address is not the token's.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The project is not available.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The proxy refused the connection to {place}: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The proxy's address cannot be read: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The proxy's address names no host.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The proxy's port is over 65535.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The raw bytes are kept: compare with the server's own.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The recording could not be written any further; what follows is kept in memory only.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The recording {path} cannot be read: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The request is not valid.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The request is not what the server expects.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The request names no API: the address is not the App's row.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The request names no App: the address is not the App's row.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The request was sent again {waited} after the {status} of attempt {before}{resumed}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The rest may be in a line without 'data:', or the server cut it; the raw bytes are kept.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The rules skip it; many clients do not, and lose the first event.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The sandbox did not start.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server answered {status} and did not switch to WebSocket.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server asked to wait {retry} ms before connecting again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server broke the WebSocket protocol: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server closed in the middle of an answer: its end mark never came.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server closed without saying why.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server cuts its JSON into lines: inside a string a line break must be written as \n.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server does not know the option, or a proxy drops chunks without choices.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server had closed the kept connection: the request was sent again on a fresh one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server is busy with others, or the network's delay varies.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server is busy, or data before it filled the way.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server is overloaded.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server left out the line end and the blank line between two events.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server may cut characters, or write another encoding.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server may take text only, or binary only.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server or a proxy on the way writes wrong frames.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server refused the request.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server takes back what it said, or sends pieces where it should repeat all.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server waited too long for a message.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server waited too long for the request.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server wants an extension that was not agreed on.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server wants another protocol here.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server writes bytes where text belongs; the stream cannot be resumed there.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server writes in tiny pieces: each one costs a packet.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server's ping was not answered from here.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The server, or a proxy on the way, does not answer pings: keep-alives by ping close it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The service belongs to somebody else.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The service cannot be changed in this state.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The service is deployed for another protocol.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The service is not available.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The service is not reachable for the gateway.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The service is not running.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The service wants a rate limit.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The service's own flow limit is reached.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The service's own request timeout is over.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The signature does not match: a wrong secret key, or something changed on the way.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The signature's date</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The signature's time is more than 15 minutes off the gateway's.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The status says nothing of it: read it here.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The status was already sent: read it here.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The stream begins with a byte order mark.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The stream ended inside of an event ({size} bytes): it counts as never sent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The stream ended without its end mark ({dialect}).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The stream is compressed ({coding}): whatever compresses may hold events back.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The stream reported an error, outside of any event: {error}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The stream reported an error: {message}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The stream was cut {after}, {came} had come: {whose}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The system's fingerprint changes inside of the stream: {before}, then {name}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The text became shorter: {now} characters after {before}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The text is whole; clients that wait for the end mark may hang or report an error.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The token belongs to another account than the service.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The token cannot be read: cut off or damaged.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The token expired {span} before it was sent.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The token expires in {span}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The token has expired.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The token is for an account or another region, not for this region's project.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The token is for an account, not for a project.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The token is missing.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The token's life is over, or a permission changed.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The type says event stream, but the body is none ({form}).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The type says {type}, but the body holds other frames ({form}).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The user is forbidden in this region.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The user lacks a permission.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The user may not call this API.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The value of '{key}' on standard input is not UTF-8.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The value of the header '{name}' holds a line break or another control.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The variable '{name}' has no value.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There are no recordings yet.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no URL to call.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no address of an identity service to get a token from.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no command '{name}'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no dialect '{key}'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no dialect of your own called '{name}'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no entry {number}: the file has {count}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no file {path}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no service '{name}' in the workspace '{workspace}'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no such App API.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no such App.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no such model.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no such service.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no workspace '{name}'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no {shelf} '{key}'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is nothing at this path.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This cannot be written as a WebSocket frame: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This is no token of this platform: cut off, of another region, or no token at all.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This is not allowed for who signed in.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This machine's address is not in the service's access list.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This machine's clock</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This one reads format {n} and older: update Streamscope.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This path is not one of the service's APIs.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This program was late by {ms} ms: times of messages may be late, too.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This recording has no answer that could be served.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This request cannot be written as HTTP.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This user may not call this service.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This version exists already.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>This version of TLS is not taken.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Through the endpoint in your VPC, under its private name.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Through the platform's gateway, from anywhere.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time for one chunk</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time for one token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Timing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Token expires</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Tokens are often copied with a line break: paste it again on one line.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Tokens came unevenly: half of the gaps are under {p50} ms, one in twenty is over {p95} ms.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Tokens of several choices are counted together.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Too many requests.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Too many requests: the throttle has closed.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Total</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Triton and KServe generate_stream</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try again in a moment; where it lasts, tell the platform's support.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try again later, or look at the service's state.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try again; the model may be slow.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Try https:// instead of http:// (wss:// instead of ws://).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Two answers may be mixed, or a proxy asked again without saying so.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Two different servers may have written parts of one answer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Type one, such as https://host:port/path.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>URL</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Update Streamscope to read it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Usage was asked for (stream_options.include_usage), but none came.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use -d or -F, not both.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use TLS 1.2, or whatever the message names.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use a trusted address, or have this one added to the App's list.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use a user and a project of the service's region.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use a ws:// or wss:// address.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use an HTTP proxy: http://host:port, or 'none'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use http://, https://, ws:// or wss://.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use https:// or wss://, or no authentication where nothing checks it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use small letters, digits, - and _.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use the IAM token for large bodies, or send it all the same.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use the account of the service's owner, or ask for the permission.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use the address of the row that fits the authentication.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use the network that the access list names, or have the address added.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use the network that the service's access list names.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Use the newer program, or another profile with --profile DIR.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>User</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>VPC</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>VPC endpoint</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>VPC high-speed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wait five minutes, then send once with the right secret key.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wait for the next period, or raise the quota.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wait until it is, then deploy.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wait until it runs or has stopped.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wait until {time} UTC, as Retry-After asks, then send again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wait {span}, as Retry-After asks, then send again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Wait {span}, until {time} UTC, as Retry-After asks, then send again.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Waiting</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>WebSocket</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What could be read of the file is shown; a problem:</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What could be read of the file is shown; {count} problems:</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What is printed cannot be written: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What is to be called?</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What {place} answered is not HTTP: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Where the workspace does not know it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Whether the text is whole or was cut at a limit cannot be told.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Workspaces…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Write --set FIELD=VALUE.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Write -F name=value or -F name=@FILE.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Write -H 'Name: value'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Write HOST:PORT:ADDRESS, for example infer.example:443:10.0.0.7.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a body that was cut</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a byte order mark</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a character split between two reads</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a close code that is not a normal end</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a code of the service's own</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a credential that is readable on the wire</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a credential where nothing checks it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a finish reason without an end mark</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a further attempt</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a handshake that was not taken</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a kept connection that the server had closed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a message in fragments</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a message in frames of 64 KB</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a message over the usual limit</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a model's name that changes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a number that came twice</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a ping of the server without a pong from here</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a ping without its pong</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a pong that took long</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a reconnection time that is no number</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a registered code that the service gives</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a slow start</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a status that refuses, explained by the layer that gave it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a stream that stood still</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a stream that was held back</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a stream without its end mark</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a string is broken over several data lines</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a system's fingerprint that changes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>a token at its end</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>after {n} s of silence</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>agreeing on TLS</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>agreeing on encryption</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an answer's id that changes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an end at a gateway's time limit</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an end mark without a finish reason</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an error</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an error in JSON where a stream was asked for</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an error under a good status</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an event stream under another type</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an id that came again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an id with a NUL character</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>an incomplete last event</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>and more: --output json</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>and {count} more events</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>another model than was asked for</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>another type than was asked for, or than came</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>answer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>as the server tells it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>as the server tells it; client: t(c1) − t(request sent); the difference is network and queue</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>as the server tells it; client: t(cm) − t(c1); the difference is network and queue</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>as the server tells it; client: t(cm) − t(request sent); the difference is network and queue</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>asking the proxy</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>at {n} s</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>bad gateway</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>broken off</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>byte {at} of it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>byte {at} of it, {whole} of the stream</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>bytes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>bytes after decoding {coding} ÷ bytes of the body on the wire</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>bytes of messages after inflating ÷ bytes of their frames' payloads</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>bytes received, headers included ÷ bytes of text (UTF-8), reasoning and tool calls included</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>captured body</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>changing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>characters</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>clocks that differ</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>closed by {by}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>closed by {who}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>complete</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>compressed messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>compression on a stream</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>concerning</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>connecting</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>connection lost</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>counted</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>cumulative text that became shorter</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>dialect</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>end</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>ended early</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>entry {number}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>error</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>events</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>failed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>forbidden</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>gaps between messages with content &gt; max(1 s, 10 × median) = {limit} ms</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>gaps between messages with content, t(c[i]) − t(c[i−1]); per message, not per token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>gaps between reads that brought content</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>gaps between socket reads, of whatever kind</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>getting ready</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>https://host:port/path</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>in</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>in both</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>internal error</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>invalid payload</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>it breaks off</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>it holds a Unicode line separator, where something on the way may have cut it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>its messages have no times of their own: they are put at the answer's end</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>its own events are of another version; the standard's fields are read</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>its own events do not fit ({reason}); the standard's fields are read</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>lines that are no event stream</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>lines that end in different ways</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>lines that end with a carriage return</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>llama.cpp completion</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>longer than {limit} MB</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>looking the name up</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>looking up the name</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>message too big</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>messages in</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>messages in bursts</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>messages in steps of a fixed time</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>messages with content ÷ reads that brought any</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>messages with content: no payload tells a number of tokens</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>missing extension</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>n</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>n counts {source}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>n ÷ (t(cm) − t0)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>no code given</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>no connection</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>no request line</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>no type</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>none</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>not known</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>nothing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>numbers out of order</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>numbers that are missing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>only in A</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>only in B</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>out</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>outcome</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>permessage-deflate (RFC 7692); whether it is used, the server decides.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>policy violation</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>preparing</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>protocol error</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>reads of a few bytes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>reads that brought at least {n} messages with content</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>received</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>receiving</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>recording</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>reserved</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>running</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>sending</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>sent in messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>service restart</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>several JSON values follow each other</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>started</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>status</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>stopped</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>stopped by the user</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(cm) − t0</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(end of the exchange) − t(cm)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(end of the exchange) − t0</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(end of the phase) − t(its beginning)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(first byte sent) − t0 − name lookup − connecting − proxy − TLS</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(first message, of whatever kind) − t0</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(first non-empty text, reasoning or tool call) − t0</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(first text that is no reasoning) − t0</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(first token) − t(last byte of the request handed to the socket)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(headers of the answer) − t0</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>t(pong) − t(ping that it answers)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>talking to the proxy</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>text that is no UTF-8</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>that is the gateway's limit for one prediction</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>that is the usual limit of a content delivery network</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>that is the usual limit of proxies and load balancers for silence</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the API gateway</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the body is no base64, though the entry says so; it is taken as text</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the body was not saved in the file</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the entry is no object, or nested too deeply</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the gzip data ends too early or is damaged; what could be unpacked is shown</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the ids of the tokens in each payload</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the model's own server</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the packed file ends too early or is damaged: {reason}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the platform's dispatcher</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the same, {size} characters</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the server</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the server's own clock</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the usage at the end</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the usage in each payload</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>this program was late</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>timeout</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>to the end</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>too many requests, and how long to wait</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>try again later</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>two events are glued together</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>unauthorized</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>uneven gaps</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>unknown</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>unknown values of {fields}, replaced</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>unsupported data</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>usage that was asked for and never came</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>waiting for the answer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>way</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>whether the connection was kept from an earlier call</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>without an end</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{auth} travels readable on the wire: the connection is plain HTTP.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{auth} would travel readable over plain HTTP to {place}, and nothing there is known to check it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{bytes} bytes in {n} messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{bytes} bytes of the body in {n} messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{count} of {all} events</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{count} recordings removed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{figure}, {detail}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is not TOML ({error}); it was set aside as {aside}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is of a newer version ({version}): it is not read.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{file} is of a newer version and stays as it is.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{finding} ({n} times)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{host} did not finish the TLS handshake in time.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{host} does not speak TLS on that port.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{hours} h {minutes} min left</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{meaning} ({code})</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{more} more characters: --output text</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{name}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{name} (own)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{n} days ahead of</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{n} days behind</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{n} hours</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{n} hours ahead of</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{n} hours behind</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{n} minutes</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{n} minutes ahead of</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{n} minutes behind</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{n} pings were never answered.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{n} seconds</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{owner} has no field '{key}'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{path} cannot be written any further: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{path} is not a recording: its index does not begin as one.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{path} is not a saved draft: {reason}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{path} was recorded by a newer version of Streamscope (format {n}).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{place} closed the connection in the middle of the answer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{place} closed the connection without an answer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{place} did not answer the connection in time.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{place} speaks TLS on that port, not plain HTTP.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{place} was silent for too long ({cause}).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{reason}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{service} accepts no App authentication, but: {kinds}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{service} accepts: {kinds}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{service} has no address on the channel '{channel}'.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{service} has no address on the channel {channel}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{service} is {status}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{service} speaks {protocols}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{status} from {layer}: {meaning}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{wanted} was asked for, {name} answers.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{what} is {span} the server's clock.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{what} was written by a newer version (format {version}, known is {known}).</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{what} {number} came after {last}.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{what} {number} came twice.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{what} {number} follows {last}: {n} are missing.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{workspace}: {message}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>AboutDialog</name>
  <message>
   <source>About Streamscope</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Apache License 2.0. Qt is used under the LGPL 3.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Explore and debug real-time inference services: any authentication, any channel, any protocol.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Streamscope {version}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>AddressView</name>
  <message>
   <source>/path of the service</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Auto</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy the URL</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Method</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Method; automatic: GET without a body, else POST</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Path</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Path and query behind the service's address (Ctrl+L)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send (Ctrl+Return)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stop</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stop (Esc)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The URL that will be called</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>AuthForm</name>
  <message>
   <source>Keep in the keyring</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>BodyView</name>
  <message>
   <source>Body</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Format</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Format the JSON</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Lay the JSON out, two blanks a level</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing is sent: the request has no body.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>CodeEdit</name>
  <message>
   <source>Line {line}, column {column}: {what}. It can be sent all the same.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ComposerPane</name>
  <message>
   <source>Auth</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Authentication</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Body</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Channel</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Headers</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Protocol</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What is sent</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{reason} It can be sent all the same.</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>DraftTabs</name>
  <message>
   <source>Close</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Close the others</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Close this request (Ctrl+W)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Duplicate</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>New request (Ctrl+N)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Open requests</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{name}: changed, not saved</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>EmptyView</name>
  <message>
   <source>Choose how to prove who you are, which way to go and how to talk; then send.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ctrl+L</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ctrl+M</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ctrl+Return</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Esc</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>F5</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing was sent yet</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>go to the address</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>read the services again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>send, and watch the answer come in</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>stop</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>try every combination: the access matrix</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>EventsModel</name>
  <message>
   <source>#</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Kind</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Payload</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Size</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Text</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Time, ms</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>received</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>sent</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>EventsView</name>
  <message>
   <source>All but reads and phases</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>All but socket reads</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Choose an event to see all of it.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Events</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Events: {count}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Everything</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages only</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The chosen event</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Which events are shown</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{shown} of {all} events</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ExchangeView</name>
  <message>
   <source>Events</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Headers</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send all the same</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Text</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Text of the answer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The answer brought no text. Events shows all that came.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The body of the refusal:</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The text of the answer appears here as it comes.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Trust this certificate for this workspace</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Views of the exchange</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>FileEditor</name>
  <message>
   <source>Choose a file</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>FindingsView</name>
  <message>
   <source>Findings</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Form</name>
  <message>
   <source>{label} *</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>HeaderView</name>
  <message>
   <source>Elapsed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First byte</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>First token</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Live</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Received</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Status</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Waiting</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>closed by the server</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>closed from here</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>stopped by you</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>the connection was lost</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{phase}, {seconds} s of {limit} s</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{received} in · {sent} out</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>HeadersView</name>
  <message>
   <source>Answer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Headers of request and answer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Request, attempt %n</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What the authentication did</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>LivePane</name>
  <message>
   <source>Close this tab (Ctrl+W)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Exchanges</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>MatrixModel</name>
  <message>
   <source>Authentication</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Channel</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>no answer</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{name}   {green} of {all} green</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>MatrixView</name>
  <message>
   <source>Access matrix</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Access matrix of {workspace}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>All green: {green}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Calls every combination that the services offer, once, with a short answer.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Run</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Run again</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Run the access matrix</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stop</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Stopped after {count}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{count} called</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{green} green, {red} failed</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{seconds} s · combinations not offered: {missing}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>MessageView</name>
  <message>
   <source>Close this message</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Copy</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>MessagesEdit</name>
  <message>
   <source>Messages</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Nothing is sent by itself. An empty line separates two messages.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sent when the connection is open: {count}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>OutgoingView</name>
  <message>
   <source>Close</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Close the connection</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Close the connection in order, with code 1000</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Next message</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Next message; Ctrl+Shift+Return sends it</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Ping</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send a ping</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send the message</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Send the message (Ctrl+Shift+Return)</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>PairsEditor</name>
  <message>
   <source>Name</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Value</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>PaletteDialog</name>
  <message>
   <source>Nothing fits. Fewer letters find more.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>What was found</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>SecretEditor</name>
  <message>
   <source>Show {field}</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ServiceDelegate</name>
  <message>
   <source>…</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ServicesPane</name>
  <message>
   <source>Filter</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Filter the services</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Refresh the services (F5)</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Services</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The services are being read</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Workspaces and services</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>ShortcutsDialog</name>
  <message>
   <source>Send the next message</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Shortcuts</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>StateView</name>
  <message>
   <source>State</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>TextView</name>
  <message>
   <source>%n new ↓</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Go to the newest text</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>Window</name>
  <message>
   <source>
Waited too long for {what}.
</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>A chat over Server-Sent Events: choose the service, press Ctrl+Return</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Access matrix</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Kept in {folder}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Keyring: ready</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>No keyring: secrets in memory only</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sandbox: not running</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sandbox: running, services: {count}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Sandbox: starting…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Services</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Starting…</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Streamscope</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The access matrix: every combination that the sandbox offers</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The same prompt over a WebSocket, its handshake signed with AK/SK</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>The sandbox knows its own secrets; what is typed here is sent instead.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>There is no keyring here: secrets are kept in memory for this session.</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>filled in by the sandbox</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>kept in the keyring</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{choices}: {word}, status {status}, first byte {ttfb}, first token {ttft}, {messages} messages, {bytes} in {total}</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>{green} green, {red} failed, {missing} not offered</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>menus</name>
  <message>
   <source>Appearance</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>As the system</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Dark</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Light</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>palette</name>
  <message>
   <source>Find a request</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>Find an action, a service, a request or an exchange</source>
   <translation type="unfinished" />
  </message>
  <message>
   <source>open request</source>
   <translation type="unfinished" />
  </message>
 </context>
 <context>
  <name>texts</name>
  <message>
   <source>{count} B</source>
   <translation type="unfinished" />
  </message>
 </context>
</TS>
